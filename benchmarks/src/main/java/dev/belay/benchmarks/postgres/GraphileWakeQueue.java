package dev.belay.benchmarks.postgres;

import dev.belay.benchmarks.processes.WakeQueue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * graphile-worker, which is notified: work is enqueued by its own function in SQL, and handled in a
 * Node.js of its own, which says when. Belongs to one thread.
 *
 * <p>A store is a URL and the folder where graphile-worker is installed, with a blank between.
 */
public final class GraphileWakeQueue implements WakeQueue {
  private String url;
  private Path folder;
  private Connection connection;
  private PreparedStatement add;
  private Process node;

  @Override
  public String create(String place) throws IOException, InterruptedException {
    Path installed = Graphile.folder();
    Graphile.outputOf(Graphile.start(installed, "migrate.cjs", place, schema(place)));
    return place + " " + installed;
  }

  @Override
  public void open(String store) throws SQLException {
    int blank = store.indexOf(' ');
    url = store.substring(0, blank);
    folder = Path.of(store.substring(blank + 1));
    connection = DriverManager.getConnection(url);
    add =
        connection.prepareStatement(
            "SELECT " + schema(url) + ".add_job('wake', json_build_object('text', ?::text))");
  }

  private static String schema(String url) {
    return url.replaceFirst(".*currentSchema=", "");
  }

  @Override
  public void enqueue(String payload) throws SQLException {
    add.setString(1, payload);
    add.execute();
  }

  @Override
  public void handle(Handler handler) throws IOException {
    node = Graphile.start(folder, "handler.cjs", url, schema(url));
    BufferedReader said = node.inputReader(StandardCharsets.UTF_8);
    if (!"ready".equals(said.readLine())) {
      throw new IllegalStateException("graphile-worker failed, see standard error");
    }
    Thread listener = new Thread(() -> listen(said, handler), "graphile");
    listener.setDaemon(true);
    listener.start();
  }

  private static void listen(BufferedReader said, Handler handler) {
    try {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        int blank = line.indexOf(' ');
        handler.started(line.substring(0, blank), Long.parseLong(line.substring(blank + 1)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      if (node != null) {
        node.getOutputStream().close();
        node.waitFor();
      }
      connection.close();
    } catch (IOException | SQLException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
