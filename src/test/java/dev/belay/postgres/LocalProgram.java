package dev.belay.postgres;

import dev.belay.testing.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A server program that the operating system has, on a port of its own, in a folder of the test;
 * not as root, which such programs refuse. Belongs to one test.
 */
final class LocalProgram implements AutoCloseable {
  private final Process process;
  private final String url;

  private LocalProgram(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /** A PostgreSQL server of those binaries, with fsync off. */
  static LocalProgram postgres(Path binaries, Path folder) throws Exception {
    String data = folder.resolve("data").toString();
    int port = freePort();
    run(
        folder,
        binaries.resolve("initdb").toString(),
        "-A",
        "trust",
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "--locale=C",
        "-N",
        "-D",
        data);
    return start(
        folder,
        port,
        binaries.resolve("postgres").toString(),
        "-D",
        data,
        "-p",
        "" + port,
        "-k",
        "",
        "-h",
        "localhost",
        "-F",
        "-c",
        "max_connections=400");
  }

  /** PgBouncer in transaction mode, which logs into the server of this host as that role. */
  static LocalProgram pgBouncer(int serverPort, String role, Path folder) throws Exception {
    int port = freePort();
    Path ini = folder.resolve("pgbouncer.ini");
    Files.writeString(
        ini,
        """
        [databases]
        * = host=localhost port=%d user=%s
        [pgbouncer]
        listen_addr = localhost
        listen_port = %d
        unix_socket_dir =
        auth_type = any
        pool_mode = transaction
        default_pool_size = 20
        max_client_conn = 1000
        server_idle_timeout = 5
        ignore_startup_parameters = extra_float_digits
        """
            .formatted(serverPort, role, port));
    return start(folder, port, "pgbouncer", ini.toString());
  }

  String url() {
    return url;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static LocalProgram start(Path folder, int port, String... command) throws Exception {
    LocalProgram program =
        new LocalProgram(
            process(folder, command),
            "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres");
    try {
      Patience.until(command[0] + " answers", program::isUp);
      return program;
    } catch (Throwable e) {
      program.close();
      throw e;
    }
  }

  private boolean isUp() {
    if (!process.isAlive()) {
      throw new IllegalStateException("ended with status " + process.exitValue());
    }
    try (Connection connection = DriverManager.getConnection(url + "&prepareThreshold=0")) {
      return connection.isValid(0);
    } catch (SQLException e) {
      return false;
    }
  }

  private static void run(Path folder, String... command) throws Exception {
    Process process = process(folder, command);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(Files.readString(folder.resolve("log")));
    }
  }

  private static Process process(Path folder, String... command) {
    List<String> line = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      line.addAll(List.of("unshare", "-U"));
    }
    line.addAll(List.of(command));
    try {
      return new ProcessBuilder(line)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      Patience.get(process.onExit());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
