package dev.belay.testing;

import dev.belay.Belay;
import dev.belay.store.Tx;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The results of the members of one run, and the store that they ran on. Used by one thread;
 * members may note their runs on any thread.
 */
public final class Answers {
  private record Run(String name, Instant now) {}

  private final Belay belay;
  private final Path file;
  private final Map<String, CompletableFuture<?>> futures = new LinkedHashMap<>();
  private final List<Run> runs = Collections.synchronizedList(new ArrayList<>());

  Answers(Belay belay, Path file) {
    this.belay = belay;
    this.file = file;
  }

  void start(Member member) {
    String name = member.name();
    futures.put(name, member.start(belay, tx -> ran(name, tx)));
  }

  private void ran(String name, Tx tx) {
    runs.add(new Run(name, tx.now()));
  }

  void await() {
    for (String name : futures.keySet()) {
      ended(name);
    }
  }

  /** Returns the open store. */
  public Belay belay() {
    return belay;
  }

  /** Returns the file of the store. */
  public Path file() {
    return file;
  }

  /** Returns the value that {@code name} returned. */
  public @Nullable Object value(String name) {
    Throwable failure = ended(name);
    if (failure != null) {
      throw new AssertionError(name + " failed", failure);
    }
    return future(name).join();
  }

  /** Returns the exception with which {@code name} failed. */
  public Throwable failure(String name) {
    Throwable failure = ended(name);
    if (failure == null) {
      throw new AssertionError(name + " was answered " + future(name).join());
    }
    return failure;
  }

  /** Returns the value of {@code name}, or its failure. */
  public @Nullable Object valueOrFailure(String name) {
    Throwable failure = ended(name);
    return failure != null ? failure : future(name).join();
  }

  /** Returns how often {@code name} ran. */
  public int runs(String name) {
    return (int) runs.stream().filter(run -> run.name().equals(name)).count();
  }

  /** Returns the bodies in the order of their last runs, which is that of their results. */
  public List<String> inOrderOfLastRun() {
    LinkedHashMap<String, Instant> last = new LinkedHashMap<>();
    for (Run run : List.copyOf(runs)) {
      last.remove(run.name());
      last.put(run.name(), run.now());
    }
    return List.copyOf(last.keySet());
  }

  /** Returns whether the first runs of {@code names} were in one transaction. */
  public boolean haveShared(List<String> names) {
    return names.stream().map(this::firstRun).distinct().count() == 1;
  }

  /** Returns the number of members whose first run was in the transaction of the first member. */
  public long sharing() {
    List<Instant> first = futures.keySet().stream().map(this::firstRun).toList();
    return first.stream().filter(now -> now.equals(first.get(0))).count();
  }

  private Instant firstRun(String name) {
    return List.copyOf(runs).stream()
        .filter(run -> run.name().equals(name))
        .findFirst()
        .map(Run::now)
        .orElse(Instant.MAX);
  }

  /** Returns the rows that another program finds in the note table, sorted. */
  public List<String> notes() {
    try {
      return PlainSqlite.rows(file, "SELECT text FROM note ORDER BY text");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private @Nullable Throwable ended(String name) {
    try {
      Object unused = Patience.get(future(name));
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private CompletableFuture<?> future(String name) {
    return Objects.requireNonNull(futures.get(name), name);
  }
}
