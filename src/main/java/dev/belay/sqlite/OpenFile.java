package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sqlite.core.NativeDB;

/**
 * The entry for an open file, which all class loaders of this JVM can see. Safe for use by many
 * threads.
 *
 * <p>Each class loader of the driver has its own copy of the SQLite library. The copies do not know
 * each other, and POSIX locks have no effect within one process: two copies that use one file lose
 * commits and damage it. So a file may be open through only one copy at a time.
 *
 * <p>The entry of a file is a system property whose value is a String. It has one line per copy of
 * the library: its class loader, the number of stores that have the file open, and the time and
 * thread of the first open. Other versions of Belay read it too.
 */
final class OpenFile implements AutoCloseable {
  static final String PROPERTY = "dev.belay.open.";
  static final String ALLOW = "dev.belay.allowSecondSqlite";

  /** An interned String: the same object for all class loaders. */
  private static final String LOCK = "dev.belay.open".intern();

  private static final Pattern COUNTED =
      Pattern.compile("(SQLite of \\S+, open )(\\d+)( times, .*)");

  private final String property;
  private final AtomicBoolean closed = new AtomicBoolean();

  private OpenFile(String property) {
    this.property = property;
  }

  /**
   * Adds the entry of a store that opens {@code file}, whose file key is {@code key}; null if it
   * has none.
   *
   * @throws StoreException if another copy of SQLite has the file open
   */
  static OpenFile of(SqliteFile file, @Nullable Object key, InstantSource clock) {
    String property = PROPERTY + (key == null ? file.real() : key);
    String first =
        mine()
            + "1 times, first at "
            + clock.instant()
            + " by thread "
            + Thread.currentThread().getName().replaceAll("\\R", " ");
    synchronized (LOCK) {
      List<String> lines = lines(property);
      requireAlone(file, lines);
      if (!count(lines, 1)) {
        lines.add(first);
      }
      set(property, lines);
    }
    return new OpenFile(property);
  }

  private static void requireAlone(SqliteFile file, List<String> lines) {
    List<String> others = lines.stream().filter(line -> !line.startsWith(mine())).toList();
    if (others.isEmpty()) {
      return;
    }
    String message =
        file
            + ": another copy of the SQLite library in this JVM has this file open ("
            + String.join("; ", others)
            + "). Two copies in one process damage the file. Put sqlite-jdbc into a class loader"
            + " that both share, or close the other store; one that was never closed, as by an"
            + " application that was redeployed, stays entered until the JVM ends";
    if (!Boolean.getBoolean(ALLOW)) {
      throw new StoreException(message + ". -D" + ALLOW + "=true opens it anyway", null);
    }
    System.getLogger("dev.belay").log(Level.WARNING, message);
  }

  private static String mine() {
    ClassLoader loader = NativeDB.class.getClassLoader();
    String name =
        loader == null
            ? "bootstrap"
            : loader.getClass().getName()
                + "@"
                + Integer.toHexString(System.identityHashCode(loader));
    return "SQLite of " + name + ", open ";
  }

  /** Adds {@code more} to the count in this copy's line. Returns false if there is no such line. */
  private static boolean count(List<String> lines, int more) {
    for (int i = 0; i < lines.size(); i++) {
      Matcher line = COUNTED.matcher(lines.get(i));
      if (line.matches() && mine().equals(line.group(1))) {
        int count = Integer.parseInt(line.group(2)) + more;
        if (count > 0) {
          lines.set(i, line.group(1) + count + line.group(3));
        } else {
          lines.remove(i);
        }
        return true;
      }
    }
    return false;
  }

  private static List<String> lines(String property) {
    String value = System.getProperty(property);
    return value == null ? new ArrayList<>() : new ArrayList<>(value.lines().toList());
  }

  private static void set(String property, List<String> lines) {
    if (lines.isEmpty()) {
      System.clearProperty(property);
    } else {
      System.setProperty(property, String.join("\n", lines));
    }
  }

  /** Removes the entry. Closing again has no effect. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      synchronized (LOCK) {
        List<String> lines = lines(property);
        if (count(lines, -1)) { // otherwise the host has replaced the system properties
          set(property, lines);
        }
      }
    }
  }
}
