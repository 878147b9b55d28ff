package dev.belay.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A logger in place of Belay's until it is closed, which keeps the records or throws. Safe for use
 * by many threads.
 */
public final class LogProbe extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("dev.belay");
  private final List<Throwable> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> infos = new ArrayList<>();
  private final @Nullable Error failure;
  private final @Nullable Level level;
  private int records;

  private LogProbe(@Nullable Error failure) {
    this.failure = failure;
    this.level = logger.getLevel();
    logger.setLevel(Level.INFO);
    logger.addHandler(this);
  }

  /** Starts a log that keeps the records. */
  public static LogProbe recording() {
    return new LogProbe(null);
  }

  /** Starts a log that throws {@code failure} for every record. */
  public static LogProbe throwing(Error failure) {
    return new LogProbe(failure);
  }

  /** Returns the records of level ERROR. */
  public synchronized List<Throwable> errors() {
    return List.copyOf(errors);
  }

  /** Returns the texts of the records of level WARNING. */
  public synchronized List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Returns the texts of the records of level INFO. */
  public synchronized List<String> infos() {
    return List.copyOf(infos);
  }

  /** Returns the number of records. */
  public synchronized int records() {
    return records;
  }

  @Override
  public synchronized void publish(LogRecord record) {
    records++;
    if (Level.SEVERE.equals(record.getLevel())) {
      errors.add(record.getThrown());
    }
    if (Level.INFO.equals(record.getLevel())) {
      infos.add(record.getMessage());
    }
    if (Level.WARNING.equals(record.getLevel())) {
      warnings.add(record.getMessage());
    }
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void flush() {
    // records are not buffered
  }

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setLevel(level);
  }
}
