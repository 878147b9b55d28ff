package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.dashboard.Access;
import dev.belay.dashboard.BelayDashboard;
import dev.belay.dashboard.DashboardServer;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves pages. Belongs to the thread that runs it. */
@Command(
    name = "dashboard",
    description = {
      "Serves pages that show the store, to browsers of this machine, until Ctrl-C.",
      "The link that it writes admits one browser, within a minute."
    })
final class DashboardCommand extends StoreCommand {
  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "0",
      description = "The port; any that is free by default.")
  private int port;

  @Option(names = "--read-only", description = "Shows, and changes nothing.")
  private boolean readOnly;

  @Override
  void check() {
    atLeast(spec(), 0, "--port", port);
  }

  @Override
  Belay open() {
    return readOnly
        ? root().store().openToRead(spec(), root().terminal())
        : root().store().openToWrite(spec(), root().terminal());
  }

  @Override
  int run(Belay belay, Output out) {
    BelayDashboard dashboard = BelayDashboard.of(belay, readOnly ? Access.READ : Access.WRITE);
    try (DashboardServer server = DashboardServer.start(dashboard, port)) {
      out.show(Row.of("dashboard").with("url", server.url()));
      new CountDownLatch(1).await();
      return Exit.DONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Exit.DONE;
    }
  }
}
