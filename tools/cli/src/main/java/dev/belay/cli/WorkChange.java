package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.queue.Requeue;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.store.Tx;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/**
 * Changes one piece of work, or all that a filter takes. Belongs to the thread that runs the
 * command.
 */
abstract class WorkChange extends StoreCommand.Writing {
  @Parameters(
      paramLabel = "ID",
      arity = "0..1",
      description = "The id of the one piece of work; without it, all that the filter takes.")
  private Long id;

  @Mixin private WorkFilter filter;

  @Option(names = "--all", description = "Without a filter: all work of the store.")
  private boolean all;

  @Mixin private Confirmation confirmation;

  /** Returns the states that can be changed in this way. */
  abstract List<WorkState> possible();

  /** Changes one piece of work, and returns what became of it, in one word. */
  abstract String change(Tx tx, WorkQueue queue, long workId);

  /** Returns whether that word means that it was done. */
  abstract boolean isDone(String outcome);

  @Override
  final void check() {
    boolean onlyQueue = filter.isOnlyQueue();
    if (id != null && (all || !(filter.isEmpty() || onlyQueue))) {
      throw new ParameterException(spec().commandLine(), "give an ID or a filter, not both");
    }
    if (id == null && filter.isEmpty() && !all) {
      throw new ParameterException(
          spec().commandLine(), "give an ID, a filter, or --all for all work of the store");
    }
    if (id == null) {
      if (filter.statesAmong(possible()).isEmpty()) {
        throw new ParameterException(
            spec().commandLine(),
            "work in that state cannot be changed so; possible are " + possible());
      }
      confirmation.requireAnswerable(spec(), root().terminal());
    }
  }

  @Override
  final int run(Belay belay, Output out) throws Exception {
    return id != null ? one(belay, out) : matching(belay, out);
  }

  private int one(Belay belay, Output out) {
    String queue = WorkCommand.find(belay, filter.queue(), id).queue();
    String outcome = belay.write(tx -> change(tx, belay.queue(queue), id));
    if (!isDone(outcome)) {
      throw new Refused("work " + id + " of queue '" + queue + "': " + outcome);
    }
    try (Listing listing = out.listing("id", "queue", "outcome")) {
      listing.add(WorkBatch.row(id, queue, outcome));
    }
    return Exit.DONE;
  }

  private int matching(Belay belay, Output out) throws Exception {
    confirmation.require(
        spec(), out.terminal(), spec().name() + " all work that the filter takes?");
    WorkBatch batch = new WorkBatch(belay, this::change);
    boolean[] refused = {false};
    try (Listing listing = out.listing("id", "queue", "outcome")) {
      new WorkPages(belay, filter)
          .forEach(
              possible(),
              page -> {
                batch.run(
                    page,
                    row -> {
                      listing.add(row);
                      refused[0] |= !isDone((String) row.value("outcome"));
                    });
                return true;
              });
    }
    return refused[0] ? Exit.REFUSED : Exit.DONE;
  }

  /** Back into its queue. Belongs to the thread that runs it. */
  @Command(
      name = "retry",
      description = "Puts buried or cancelled work back into its queue, with attempt 0.")
  static final class Retry extends WorkChange {
    @Override
    List<WorkState> possible() {
      return List.of(WorkState.BURIED, WorkState.CANCELLED);
    }

    @Override
    String change(Tx tx, WorkQueue queue, long workId) {
      return queue.requeue(tx, workId).name();
    }

    @Override
    boolean isDone(String outcome) {
      return outcome.equals(Requeue.REQUEUED.name());
    }
  }

  /** Cancelled. Belongs to the thread that runs it. */
  @Command(
      name = "cancel",
      description = {
        "Cancels work that is not finished. Of claimed work its worker is asked to end;",
        "it may still complete."
      })
  static final class Cancel extends WorkChange {
    @Override
    List<WorkState> possible() {
      return List.of(WorkState.SCHEDULED, WorkState.READY, WorkState.WAITING, WorkState.CLAIMED);
    }

    @Override
    String change(Tx tx, WorkQueue queue, long workId) {
      return queue.cancel(tx, workId).name();
    }

    @Override
    boolean isDone(String outcome) {
      return outcome.equals("CANCELLED") || outcome.equals("REQUESTED");
    }
  }

  /** Deleted. Belongs to the thread that runs it. */
  @Command(
      name = "purge",
      description = "Deletes finished work, also younger than its retention, and frees its keys.")
  static final class Purge extends WorkChange {
    private static final String PURGED = "PURGED";

    @Override
    List<WorkState> possible() {
      return List.of(WorkState.DONE, WorkState.BURIED, WorkState.CANCELLED);
    }

    @Override
    String change(Tx tx, WorkQueue queue, long workId) {
      return queue.delete(tx, workId) ? PURGED : "NOT_FINISHED";
    }

    @Override
    boolean isDone(String outcome) {
      return outcome.equals(PURGED);
    }
  }
}
