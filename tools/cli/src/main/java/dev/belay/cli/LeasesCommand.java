package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.lease.Lease;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands on leases. Belongs to the thread that runs it. */
@Command(
    name = "leases",
    description = "Who holds what, until when.",
    subcommands = {LeasesCommand.Ls.class, LeasesCommand.Show.class, LeasesCommand.Release.class})
final class LeasesCommand extends Group {
  private static final int PAGE = 500;

  private static Lease live(Belay belay, String name) {
    return belay
        .leases()
        .find(name)
        .orElseThrow(() -> new Refused("no live lease is named '" + name + "'"));
  }

  /** Lists. Belongs to the thread that runs it. */
  @Command(name = "ls", description = "Lists the live leases, by name.")
  static final class Ls extends StoreCommand.Reading {
    @Override
    int run(Belay belay, Output out) {
      try (Listing listing = out.listing("name", "holder", "token", "acquiredAt", "expiresAt")) {
        List<Lease> page = belay.leases().list(null, PAGE);
        while (!page.isEmpty() && !listing.isClosed()) {
          page.forEach(lease -> listing.add(Rows.of(lease)));
          page = belay.leases().list(page.get(page.size() - 1).name(), PAGE);
        }
      }
      return Exit.DONE;
    }
  }

  /** Shows one. Belongs to the thread that runs it. */
  @Command(name = "show", description = "Shows one live lease.")
  static final class Show extends StoreCommand.Reading {
    @Parameters(paramLabel = "NAME", description = "What is leased.")
    private String name;

    @Override
    int run(Belay belay, Output out) {
      out.show(Rows.of(live(belay, name)));
      return Exit.DONE;
    }
  }

  /** Releases one. Belongs to the thread that runs it. */
  @Command(
      name = "release",
      description = {
        "Ends one live lease before its expiry. Its holder loses it at its next renewal:",
        "do this only if the holder has certainly ended."
      })
  static final class Release extends StoreCommand.Writing {
    @Parameters(paramLabel = "NAME", description = "What is leased.")
    private String name;

    @Option(
        names = "--token",
        paramLabel = "N",
        description = "Releases only the grant with this token.")
    private Long token;

    @Mixin private Confirmation confirmation;

    @Override
    int run(Belay belay, Output out) throws IOException {
      Lease lease = live(belay, name);
      if (token != null && token != lease.token()) {
        throw new Refused("'" + name + "' is held with another token: " + lease.token());
      }
      confirmation.require(
          spec(), out.terminal(), "release '" + name + "' of '" + lease.holder() + "'?");
      if (!belay.leases().release(lease)) {
        throw new Refused("'" + name + "' is no longer held with token " + lease.token());
      }
      out.show(Rows.of(lease));
      return Exit.DONE;
    }

    @Override
    void check() throws IOException {
      confirmation.requireAnswerable(spec(), root().terminal());
    }
  }
}
