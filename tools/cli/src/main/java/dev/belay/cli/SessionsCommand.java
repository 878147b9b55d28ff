package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.session.Session;
import dev.belay.session.SessionEvent;
import dev.belay.session.SessionLine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands on sessions. Belongs to the thread that runs it. */
@Command(
    name = "sessions",
    description = "What was said: sessions with their events.",
    subcommands = {
      SessionsCommand.Ls.class,
      SessionsCommand.Show.class,
      SessionsCommand.Tail.class,
      ExportCommand.class,
      ImportCommand.class,
      SessionsCommand.Rm.class
    })
final class SessionsCommand extends Group {
  private static final int PAGE = 500;
  private static final int BEGINNING = 100;

  private static Session existing(Belay belay, String id) {
    return belay.sessions().find(id).orElseThrow(() -> new Refused("no session '" + id + "'"));
  }

  /** Writes events: JSON has their payloads, a table how they begin. */
  private static void list(List<SessionEvent> events, Listing listing, Output out) {
    for (SessionEvent event : events) {
      Row row = Rows.of(event);
      listing.add(
          out.isJson() ? row : row.with("payload", Shown.beginning(event.payload(), BEGINNING)));
    }
  }

  private static Listing events(Output out) {
    return out.listing("seq", "parent", "id", "type", "at", "payload");
  }

  /** Lists. Belongs to the thread that runs it. */
  @Command(name = "ls", description = "Lists the sessions, by id.")
  static final class Ls extends StoreCommand.Reading {
    @Option(names = "--after", paramLabel = "ID", description = "Begins behind this id.")
    private String after;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "0",
        description = "Ends after so many; 0, the default, for all.")
    private long limit;

    @Override
    void check() {
      atLeast(spec(), 0, "--limit", limit);
    }

    @Override
    int run(Belay belay, Output out) {
      try (Listing listing =
          out.listing("id", "revision", "leaf", "stateBytes", "createdAt", "updatedAt")) {
        long left = limit == 0 ? Long.MAX_VALUE : limit;
        List<SessionLine> page = belay.sessions().list(after, (int) Math.min(PAGE, left));
        while (!page.isEmpty() && !listing.isClosed()) {
          page.forEach(session -> listing.add(Rows.of(session)));
          left -= page.size();
          page =
              left == 0
                  ? List.of()
                  : belay
                      .sessions()
                      .list(page.get(page.size() - 1).id(), (int) Math.min(PAGE, left));
        }
      }
      return Exit.DONE;
    }
  }

  /** Shows one. Belongs to the thread that runs it. */
  @Command(name = "show", description = "Shows the head of a session and its newest events.")
  static final class Show extends StoreCommand.Reading {
    @Parameters(paramLabel = "ID", description = "The id of the session.")
    private String id;

    @Option(
        names = {"-n", "--last"},
        paramLabel = "N",
        defaultValue = "20",
        description = "How many events of its history; ${DEFAULT-VALUE} by default.")
    private int last;

    @Override
    void check() {
      atLeast(spec(), 1, "--last", last);
    }

    @Override
    int run(Belay belay, Output out) {
      out.show(Rows.of(existing(belay, id)));
      try (Listing listing = events(out)) {
        list(belay.sessions().history(id, last), listing, out);
      }
      return Exit.DONE;
    }
  }

  /** Shows what comes. Belongs to the thread that runs it. */
  @Command(name = "tail", description = "Shows the newest events of a session, and new ones.")
  static final class Tail extends StoreCommand.Reading {
    private static final Duration WAIT = Duration.ofSeconds(1);

    @Parameters(paramLabel = "ID", description = "The id of the session.")
    private String id;

    @Option(
        names = {"-n", "--last"},
        paramLabel = "N",
        defaultValue = "10",
        description = "How many events of its history; ${DEFAULT-VALUE} by default.")
    private int last;

    @Option(names = "--follow", description = "Waits for new events, until Ctrl-C.")
    private boolean follow;

    @Override
    void check() {
      atLeast(spec(), 1, "--last", last);
    }

    @Override
    int run(Belay belay, Output out) throws InterruptedException {
      long seen = 0;
      if (!follow) {
        Session unused = existing(belay, id);
      }
      List<SessionEvent> events = belay.sessions().history(id, last);
      do {
        for (SessionEvent event : events) {
          show(event, out);
          seen = Math.max(seen, event.seq());
        }
        out.flush();
        events = follow ? belay.sessions().awaitEvents(id, seen, PAGE, WAIT) : List.of();
      } while (follow && !out.isClosed());
      return Exit.DONE;
    }

    private static void show(SessionEvent event, Output out) {
      if (out.isJson()) {
        out.writeJson(Rows.of(event));
      } else {
        out.println(
            event.seq()
                + "  "
                + event.at()
                + "  "
                + Shown.line(event.type())
                + "  "
                + Shown.line(event.payload()));
      }
    }
  }

  /** Deletes. Belongs to the thread that runs it. */
  @Command(
      name = "rm",
      description = "Deletes sessions. Their ids can never be used again in this store.")
  static final class Rm extends StoreCommand.Writing {
    private static final int FREED = 100_000;

    @Parameters(paramLabel = "ID", arity = "1..*", description = "The ids of the sessions.")
    private List<String> ids;

    @Mixin private Confirmation confirmation;

    @Override
    void check() {
      confirmation.requireAnswerable(spec(), root().terminal());
    }

    @Override
    int run(Belay belay, Output out) throws IOException {
      for (String id : ids) {
        Session unused = existing(belay, id);
      }
      confirmation.require(
          spec(), out.terminal(), "delete for ever: " + String.join(", ", ids) + "?");
      for (String id : ids) {
        if (!belay.sessions().delete(id)) {
          throw new Refused("no session '" + id + "'");
        }
        out.say("deleted " + id);
      }
      while (belay.sessions().free(FREED) > 0) {
        // their rows, which no reader sees any more
      }
      return Exit.DONE;
    }
  }
}
