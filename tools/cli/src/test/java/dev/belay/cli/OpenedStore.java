package dev.belay.cli;

import dev.belay.Belay;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** A process that has a store open and does nothing. Stateless, safe for use by many threads. */
public final class OpenedStore {
  private OpenedStore() {}

  /**
   * Opens it, says so, and waits for the end of its standard input.
   *
   * @param args the file, and how: {@code write}, {@code read}, or {@code driver} for another
   *     program
   */
  public static void main(String... args) throws IOException, SQLException {
    Path file = Path.of(args[0]);
    switch (args[1]) {
      case "write" -> waitForEnd(Belay.open(file));
      case "read" -> waitForEnd(Belay.openReadOnly(file));
      default -> {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            Statement statement = connection.createStatement()) {
          boolean unused = statement.execute("SELECT count(*) FROM belay_session");
          waitForEnd();
        }
      }
    }
  }

  private static void waitForEnd(Belay open) throws IOException {
    waitForEnd();
    open.close();
  }

  private static void waitForEnd() throws IOException {
    System.out.println("open");
    while (System.in.read() >= 0) {
      // until the parent has ended, or closes it
    }
  }
}
