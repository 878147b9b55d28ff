package dev.belay.replay;

import dev.belay.testing.OwnServer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * A schema on a PostgreSQL server of its own, whose commits survive a crash. Every second the
 * server kills the backends of one agent, and once it is restarted in immediate mode, as after a
 * crash. Belongs to the thread that made it.
 */
final class ServerStore implements ReplayStore {
  private static final long KILL_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long RESTART_AFTER_NS = TimeUnit.SECONDS.toNanos(6);

  private static final String KILL =
      """
      SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
      WHERE  client_port IN (
               SELECT client_port FROM pg_stat_activity
               WHERE  application_name = 'belay' AND pid <> pg_backend_pid()
               ORDER BY random() LIMIT 5)
      """;

  private final OwnServer server;
  private final String url;
  private final long beginNs = System.nanoTime();
  private long nextKillNs = beginNs + KILL_NS;
  private int killed;
  private int restarts;

  ServerStore() throws IOException {
    this.server = new OwnServer();
    this.url = server.url() + "&currentSchema=replay";
    server.execute("CREATE SCHEMA replay");
  }

  @Override
  public String address() {
    return url;
  }

  @Override
  public void strike() throws IOException, InterruptedException {
    long now = System.nanoTime();
    if (restarts == 0 && now - beginNs > RESTART_AFTER_NS) {
      server.crash();
      restarts++;
    } else if (now - nextKillNs >= 0) {
      killed += Integer.parseInt(server.text(KILL));
      nextKillNs = System.nanoTime() + KILL_NS;
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
  public void end(boolean equal) throws IOException {
    if (equal) {
      server.close();
    }
  }
}
