package dev.belay.replay;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A schema on a PostgreSQL server of its own, whose commits survive a crash. Every second the
 * server kills the backends of one agent, and once it is restarted in immediate mode, as after a
 * crash. Belongs to the thread that made it.
 */
final class ServerStore implements ReplayStore {
  private static final long KILL_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long RESTART_AFTER_NS = TimeUnit.SECONDS.toNanos(6);
  private static final long START_MAX_NS = TimeUnit.SECONDS.toNanos(60);
  private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final String KILL =
      """
      SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
      WHERE  client_port IN (
               SELECT client_port FROM pg_stat_activity
               WHERE  application_name = 'belay' AND pid <> pg_backend_pid()
               ORDER BY random() LIMIT 5)
      """;

  private final EmbeddedPostgres server;
  private final ProcessHandle postmaster;
  private final List<String> command;
  private final String url;
  private final long beginNs = System.nanoTime();
  private long nextKillNs = beginNs + KILL_NS;
  private int killed;
  private int restarts;

  ServerStore() throws IOException {
    this.server =
        EmbeddedPostgres.builder()
            .setServerConfig("max_connections", "200")
            .setServerConfig("fsync", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("log_min_messages", "fatal")
            .start();
    this.url = server.getJdbcUrl("postgres", "postgres") + "&currentSchema=replay";
    execute("CREATE SCHEMA replay");
    this.postmaster = postmaster(server.getPort());
    this.command = commandOf(postmaster);
  }

  private static ProcessHandle postmaster(int port) {
    return ProcessHandle.allProcesses()
        .filter(process -> String.join(" ", argumentsOf(process)).contains(" -p " + port + " "))
        .filter(process -> process.info().command().orElse("").endsWith("/postgres"))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> argumentsOf(ProcessHandle process) {
    return List.of(process.info().arguments().orElse(new String[0]));
  }

  /** As it was started; the server refuses to run as the root of the machine. */
  private static List<String> commandOf(ProcessHandle process) {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(process.info().command().orElseThrow());
    command.addAll(argumentsOf(process));
    command.removeIf("-F"::equals); // which would switch fsync off
    return command;
  }

  @Override
  public String address() {
    return url;
  }

  @Override
  public void strike() throws IOException {
    long now = System.nanoTime();
    if (restarts == 0 && now - beginNs > RESTART_AFTER_NS) {
      restart();
      restarts++;
    } else if (now - nextKillNs >= 0) {
      killed += execute(KILL);
      nextKillNs = System.nanoTime() + KILL_NS;
    }
  }

  /** Ends the server without a checkpoint (SIGQUIT), and starts it again. */
  private void restart() throws IOException {
    ProcessHandle running = postmaster;
    signal("QUIT", running.pid());
    running.onExit().join();
    new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    long deadline = System.nanoTime() + START_MAX_NS;
    while (!isUp()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("the server did not start again");
      }
      LockSupport.parkNanos(TICK_NS);
    }
  }

  private boolean isUp() {
    try (Connection connection = DriverManager.getConnection(url)) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  private static void signal(String signal, long pid) throws IOException {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int execute(String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return 0;
      }
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        return row.getInt(1);
      }
    } catch (SQLException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  @Override
  public boolean isStruckEnough() {
    return killed > 0 && restarts > 0;
  }

  @Override
  public String struck() {
    return "; " + killed + " backends killed, the server restarted " + restarts + " times";
  }

  @Override
  public void end(boolean keep) throws IOException {
    if (!keep) {
      signal("QUIT", postmaster(server.getPort()).pid());
      server.close();
    }
  }
}
