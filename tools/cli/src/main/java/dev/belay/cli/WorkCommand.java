package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.queue.Work;
import dev.belay.queue.WorkState;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands on work. Belongs to the thread that runs it. */
@Command(
    name = "work",
    description = "What waits, runs, has failed.",
    subcommands = {
      WorkCommand.Ls.class,
      WorkCommand.Show.class,
      WorkChange.Retry.class,
      WorkChange.Cancel.class,
      WorkChange.Purge.class
    })
final class WorkCommand extends Group {
  private static final int QUEUES = 500;

  /** Returns the work with that id; if no queue is named, it is looked for in each. */
  static Work find(Belay belay, String queue, long id) {
    Optional<Work> found = Optional.empty();
    List<String> queues = queue != null ? List.of(queue) : belay.queues(null, QUEUES);
    while (found.isEmpty() && !queues.isEmpty()) {
      found = queues.stream().flatMap(name -> belay.queue(name).find(id).stream()).findFirst();
      queues = queue != null ? List.of() : belay.queues(queues.get(queues.size() - 1), QUEUES);
    }
    return found.orElseThrow(
        () -> new Refused("no work " + id + (queue == null ? "" : " in queue '" + queue + "'")));
  }

  /** Lists. Belongs to the thread that runs it. */
  @Command(
      name = "ls",
      description = "Lists the work that the filter takes: by queue, then state, then id.")
  static final class Ls extends StoreCommand.Reading {
    @Mixin private WorkFilter filter;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "0",
        description = "Ends after so many; 0, the default, for all.")
    private long limit;

    private long listed;

    @Override
    void check() {
      atLeast(spec(), 0, "--limit", limit);
    }

    @Override
    int run(Belay belay, Output out) {
      try (Listing listing =
          out.listing(
              "id",
              "queue",
              "state",
              "type",
              "lane",
              "attempt",
              "enqueuedAt",
              "notBefore",
              "worker",
              "expiresAt",
              "finishedAt")) {
        new WorkPages(belay, filter)
            .forEach(
                List.of(WorkState.values()),
                page -> {
                  page.stream()
                      .limit(limit == 0 ? page.size() : limit - listed)
                      .forEach(line -> listing.add(Rows.of(line)));
                  listed += page.size();
                  return (limit == 0 || listed < limit) && !listing.isClosed();
                });
      }
      return Exit.DONE;
    }
  }

  /** Shows one. Belongs to the thread that runs it. */
  @Command(name = "show", description = "Shows one piece of work, with payload and last error.")
  static final class Show extends StoreCommand.Reading {
    @Parameters(paramLabel = "ID", description = "The id of the work.")
    private long id;

    @Option(
        names = "--queue",
        paramLabel = "QUEUE",
        description = "Its queue; without it, it is looked for in all.")
    private String queue;

    @Override
    int run(Belay belay, Output out) {
      out.show(Rows.of(find(belay, queue, id)));
      return Exit.DONE;
    }
  }
}
