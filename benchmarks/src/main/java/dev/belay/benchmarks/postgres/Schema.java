package dev.belay.benchmarks.postgres;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.benchmarks.peer.Place;
import dev.belay.benchmarks.queue.ConnectionPool;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A schema of one measurement, without tables at first. Immutable. */
final class Schema implements Place {
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** What migrating a new schema tells is no news here. Kept, or the level is forgotten. */
  private static final Logger FLYWAY = Logger.getLogger("org.flywaydb");

  private final String name =
      "belay_benchmark_" + ProcessHandle.current().pid() + "_" + COUNT.incrementAndGet();

  /** Makes it. */
  Schema() {
    FLYWAY.setLevel(Level.WARNING);
    execute("CREATE SCHEMA " + name);
  }

  String name() {
    return name;
  }

  /** Of connections whose search path it is. */
  String url() {
    return Server.url() + "&currentSchema=" + name;
  }

  /** Belay in it, with its defaults: a commit survives a power failure. */
  Belay openBelay() {
    return openBelay(Sync.ON);
  }

  Belay openBelay(Sync sync) {
    return Belay.openPostgres(url(), BelayOptions.defaults().withDurability(sync.durability()));
  }

  /** Connections of the plain driver, for a peer. */
  ConnectionPool pool(int connections) throws SQLException {
    return new ConnectionPool(connections, () -> DriverManager.getConnection(url()));
  }

  /** Runs statements in it, each by itself. */
  void execute(String... statements) {
    try {
      Server.execute(url(), statements);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The number that a query gives. */
  long number(String query) throws SQLException {
    return Long.parseLong(Server.text(url(), query));
  }

  @Override
  public void close() {
    execute("DROP SCHEMA " + name + " CASCADE");
  }
}
