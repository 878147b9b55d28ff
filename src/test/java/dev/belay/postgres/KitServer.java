package dev.belay.postgres;

import dev.belay.testing.TempFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The server that the conformance kit runs on. {@code -Dbelay.postgres.server=15} takes PostgreSQL
 * 15 as Debian has it, {@code pgbouncer} that of the tests behind PgBouncer in transaction mode;
 * otherwise it is that of the tests. Safe for use by many threads.
 */
final class KitServer {
  private static final String CHOSEN = System.getProperty("belay.postgres.server", "tests");
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private KitServer() {}

  /** The URL of a new, empty store. */
  static String newStore() {
    return switch (CHOSEN) {
      case "tests" -> Server.newStore();
      case "15" -> Server.newStoreAt(Old.SERVER.url());
      case "pgbouncer" -> newDatabase();
      default -> throw new IllegalArgumentException("belay.postgres.server=" + CHOSEN);
    };
  }

  /** Behind PgBouncer no setting of a URL lasts, so that a store has a database of its own. */
  private static String newDatabase() {
    String name = "d" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
    Server.execute(Server.url(), "CREATE DATABASE " + name);
    Server.migrate(Server.url().replace("/postgres?", "/" + name + "?"));
    return Pooled.BOUNCER.url().replace("/postgres?", "/" + name + "?") + "&prepareThreshold=0";
  }

  /** Drops the store at that URL. */
  static void drop(String store) {
    if (CHOSEN.equals("pgbouncer")) {
      String name = store.replaceFirst(".*/(\\w+)\\?.*", "$1");
      Server.execute(Server.url(), "DROP DATABASE " + name + " WITH (FORCE)");
    } else {
      Server.drop(store);
    }
  }

  /** As {@link Server#killBackends}, on this server. */
  static void killBackends(long pid) {
    Server.killBackends(CHOSEN.equals("15") ? Old.SERVER.url() : Server.url(), pid);
  }

  private static final class Old {
    static final LocalProgram SERVER =
        started(folder -> LocalProgram.postgres(OldPostgresTest.BINARIES, folder));
  }

  private static final class Pooled {
    static final LocalProgram BOUNCER =
        started(folder -> LocalProgram.pgBouncer(Server.port(), "postgres", folder));
  }

  private interface Start {
    LocalProgram in(Path folder) throws Exception;
  }

  /** A program that ends with this JVM. */
  private static LocalProgram started(Start start) {
    try {
      Path folder = Files.createTempDirectory("belay-server");
      LocalProgram program = start.in(folder);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(program, folder)));
      return program;
    } catch (Exception e) {
      throw new IllegalStateException("the server " + CHOSEN + " does not start", e);
    }
  }

  private static void end(LocalProgram program, Path folder) {
    program.close();
    try {
      TempFolder.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
