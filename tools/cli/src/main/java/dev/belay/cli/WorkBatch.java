package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkQueue;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.JdbiException;

/**
 * Changes many pieces of work in transactions of at most a hundred and 8 MiB, between which others
 * write. Belongs to the thread that runs the command.
 */
final class WorkBatch {
  private static final int PIECES_MAX = 100;
  private static final long BYTES_MAX = 8L << 20;

  /** Changes one piece of work, and returns what became of it. Called in a transaction. */
  interface Change {
    String of(Tx tx, WorkQueue queue, long workId);
  }

  private final Belay belay;
  private final Change change;

  WorkBatch(Belay belay, Change change) {
    this.belay = belay;
    this.change = change;
  }

  static Row row(long id, String queue, String outcome) {
    return Row.of("change").with("id", id).with("queue", queue).with("outcome", outcome);
  }

  /** Changes {@code lines}, and hands what became of each to {@code outcomes}. */
  void run(List<WorkLine> lines, Consumer<Row> outcomes) {
    List<WorkLine> batch = new ArrayList<>();
    long bytes = 0;
    for (WorkLine line : lines) {
      long more = line.payloadBytes() + line.resultBytes();
      if (!batch.isEmpty() && (batch.size() == PIECES_MAX || bytes + more > BYTES_MAX)) {
        changed(batch).forEach(outcomes);
        batch.clear();
        bytes = 0;
      }
      batch.add(line);
      bytes += more;
    }
    changed(batch).forEach(outcomes);
  }

  /** A row of the application that refers to one of them refuses the transaction of all. */
  private List<Row> changed(List<WorkLine> batch) {
    try {
      return inOne(batch);
    } catch (StoreException e) {
      throw e;
    } catch (JdbiException e) {
      return batch.stream().flatMap(line -> alone(line).stream()).toList();
    }
  }

  private List<Row> alone(WorkLine line) {
    try {
      return inOne(List.of(line));
    } catch (StoreException e) {
      throw e;
    } catch (JdbiException e) {
      return List.of(row(line.id(), line.queue(), "REFUSED_BY_DATABASE"));
    }
  }

  private List<Row> inOne(List<WorkLine> batch) {
    return batch.isEmpty()
        ? List.of()
        : belay.write(
            tx ->
                batch.stream()
                    .map(
                        line ->
                            row(
                                line.id(),
                                line.queue(),
                                change.of(tx, belay.queue(line.queue()), line.id())))
                    .toList());
  }
}
