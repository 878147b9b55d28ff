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
 * An entry, which all class loaders of this JVM see, that a store has a file open. Safe for use by
 * many threads.
 *
 * <p>Each class loader of the driver has a copy of the SQLite library. The copies do not know of
 * each other, and POSIX locks do not exist within one process: two copies on one file lose commits
 * and damage it. So a file is open through one copy at a time.
 *
 * <p>The entry of a file is a system property, a String like all of them. It has a line for each
 * copy: its class loader, how many stores have the file open, and which thread was the first.
 * Belays of other versions read it too.
 */
final class OpenFile implements AutoCloseable {
  static final String PROPERTY = "dev.belay.open.";
  static final String ALLOW = "dev.belay.allowSecondSqlite";

  /** Interned: one object for all class loaders. */
  private static final String LOCK = "dev.belay.open".intern();

  private static final Pattern COUNTED =
      Pattern.compile("(SQLite of \\S+, open )(\\d+)( times, .*)");

  private final String property;
  private final AtomicBoolean closed = new AtomicBoolean();

  private OpenFile(String property) {
    this.property = property;
  }

  /**
   * Enters that a store opens {@code file}, which has the file key {@code key} if there is one.
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
      throw new StoreException(message + ". -D" + ALLOW + "=true opens it all the same", null);
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

  /** Adds to the count of this copy's line; false if there is none. */
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

  /** Takes the entry back. Doing it again has no effect. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      synchronized (LOCK) {
        List<String> lines = lines(property);
        if (count(lines, -1)) { // else the host has set other properties
          set(property, lines);
        }
      }
    }
  }
}
