package dev.belay.dashboard;

import dev.belay.StoreStats;
import dev.belay.StoreStats.Count;
import dev.belay.StoreStats.QueueCounts;
import dev.belay.queue.WorkState;
import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/** The first page: is the store well, and what does it do. Stateless. */
final class OverviewPage {
  private OverviewPage() {}

  static DashboardResponse get(View view) {
    StoreStats stats = view.stats();
    Html main =
        Html.of(
            "<header class=\"head\"><h1>Overview</h1><p class=\"lead\">{}</p></header>",
            where(stats.engine()));
    main.add(concerns(view, stats)).add(tiles(stats));
    if (stats.queues().isEmpty() && stats.sessions().value() == 0) {
      main.add(
          Show.empty(
              "This store is empty.",
              "Queues, leases and sessions appear here when the application first uses them."));
    } else if (!stats.queues().isEmpty()) {
      main.add("<section aria-labelledby=\"queues\"><h2 id=\"queues\">Queues</h2>");
      main.add(QueuesPage.table(view, stats, stats.queues().stream().limit(8).toList()));
      if (stats.queues().size() > 8) {
        main.add("<p><a href=\"{}\">All queues</a></p>", view.link("/queues"));
      }
      main.add("</section>");
    }
    main.add(view.observer().map(OverviewPage::lastHour).orElseGet(() -> sinceStart(view, stats)));
    return Answers.html(200, Layout.page(view, Section.OVERVIEW, "Overview", main));
  }

  private static Html where(StoreStats.Engine engine) {
    return Html.of(
        "<span class=\"id\">{}</span> · {} {} · schema {}",
        engine.location(),
        engine.name(),
        engine.version(),
        engine.schemaVersion());
  }

  private static Html concerns(View view, StoreStats stats) {
    List<Concern> concerns = Concern.of(view, stats);
    if (concerns.isEmpty()) {
      return Html.of(
          "<section class=\"health well\" aria-label=\"Health\"><h2>All is well</h2>"
              + "<p>No dead letters, nothing waits too long, and no stale holder was refused.</p>"
              + "</section>");
    }
    Html html =
        Html.of(
            "<section class=\"health look\" aria-label=\"Health\"><h2>{}</h2><ul>",
            concerns.size() == 1 ? "One thing to look at" : concerns.size() + " things to look at");
    html.each(
        concerns,
        concern ->
            html.add(
                "<li><a href=\"{}\">{}</a> <span>{}</span></li>",
                concern.link(),
                concern.what(),
                concern.advice()));
    return html.add("</ul></section>");
  }

  private static Html tiles(StoreStats stats) {
    Html html = Html.of("<dl class=\"tiles\">");
    tile(html, "Store", Show.bytes(stats.engine().bytes()));
    if (stats.engine().walBytes() > 0) {
      tile(html, "Write-ahead log", Show.bytes(stats.engine().walBytes()));
    }
    tile(html, "Ready work", Show.count(sum(stats, WorkState.READY)));
    tile(html, "Claimed work", Show.count(sum(stats, WorkState.CLAIMED)));
    tile(html, "Live leases", Show.count(stats.leases()));
    tile(html, "Sessions", Show.count(stats.sessions()));
    return html.add("</dl>");
  }

  private static void tile(Html html, String label, String value) {
    html.add("<div class=\"tile\"><dt>{}</dt><dd>{}</dd></div>", label, value);
  }

  private static Html sums(List<Sample> samples) {
    Html html = Html.of("<dl class=\"tiles under\">");
    tile(html, "Failed attempts", sum(samples, sample -> sample.attemptsFailed));
    tile(html, "Failed transactions", sum(samples, sample -> sample.failed));
    tile(html, "Waits for a lock", sum(samples, sample -> sample.lockWaits));
    tile(html, "Takeovers", sum(samples, sample -> sample.takeovers));
    tile(html, "Stale holders refused", sum(samples, sample -> sample.stale));
    return html.add("</dl>");
  }

  private static String sum(List<Sample> samples, ToLongFunction<Sample> value) {
    return Show.number(samples.stream().mapToLong(value).sum());
  }

  static Count sum(StoreStats stats, WorkState state) {
    long value = 0;
    boolean atLeast = stats.moreQueues();
    for (QueueCounts queue : stats.queues()) {
      value += queue.count(state).value();
      atLeast |= queue.count(state).atLeast();
    }
    return new Count(value, atLeast);
  }

  private static Html lastHour(DashboardObserver observer) {
    List<Sample> samples = observer.samples();
    List<Plot> plots =
        List.of(
            Plot.rate("Writes", sample -> sample.writes),
            Plot.rate("Work completed", sample -> sample.done),
            Plot.time("Longest wait for a turn", sample -> sample.waitMaxNanos),
            Plot.time("Longest wait for another process", sample -> sample.lockMaxNanos));
    Html html =
        Html.of(
            "<section aria-labelledby=\"hour\"><h2 id=\"hour\">The last hour in this process</h2>"
                + "<p class=\"lead under\">Watched for {}, a sample each {} s.</p>{}<div class=\"plots\">",
            Show.duration(observer.watchedFor()),
            SampleRing.INTERVAL.toSeconds(),
            sums(samples));
    int unseen = unseen(samples, observer);
    plots.forEach(plot -> html.add(plot.html(samples, unseen)));
    html.add(
        "</div><details id=\"numbers\" class=\"fold\"><summary>The same in numbers</summary>"
            + "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"The last hour in"
            + " numbers\"><table class=\"grid\"><thead><tr><th scope=\"col\">Minutes ago</th>");
    plots.forEach(plot -> html.add("<th scope=\"col\">{}</th>", plot.title() + ", highest"));
    html.add("</tr></thead><tbody>");
    int rows = 12;
    int each = SampleRing.SIZE / rows;
    for (int row = 0; row < rows; row++) {
      List<Sample> part = samples.subList(row * each, (row + 1) * each);
      int end = (rows - row - 1) * 5;
      html.add("<tr><th scope=\"row\">{}</th>", end + 5 + " to " + end);
      plots.forEach(
          plot -> html.add("<td class=\"number\">{}</td>", plot.unit().text(plot.highest(part))));
      html.add("</tr>");
    }
    return html.add("</tbody></table></div></details></section>");
  }

  private static int unseen(List<Sample> samples, DashboardObserver observer) {
    long seen = 1 + observer.watchedFor().dividedBy(SampleRing.INTERVAL);
    return (int) Math.max(0, samples.size() - seen);
  }

  private static Html sinceStart(View view, StoreStats stats) {
    StoreStats first = view.statsAtStart();
    Html html =
        Html.of(
            "<section aria-labelledby=\"since\"><h2 id=\"since\">Since this dashboard started</h2>"
                + "<p class=\"quiet\">{}. Differences in what the store holds; what came and went in"
                + " between is not seen.</p><dl class=\"tiles\">",
            Show.duration(Duration.between(first.at(), stats.at())) + " ago");
    tile(html, "Store", signed(stats.engine().bytes() - first.engine().bytes(), Show::bytes));
    tile(html, "Sessions", signed(stats.sessions(), first.sessions()));
    for (WorkState state :
        List.of(WorkState.READY, WorkState.CLAIMED, WorkState.DONE, WorkState.BURIED)) {
      tile(html, Show.label(state), signed(sum(stats, state), sum(first, state)));
    }
    return html.add(
        "</dl><p class=\"note\">Throughput, lock waits, takeovers and refused stale holders are seen"
            + " only from inside the process that they happen in. Embed the dashboard there to see"
            + " them: open the store with a <code>DashboardObserver</code>.</p></section>");
  }

  private static String signed(Count now, Count then) {
    return now.atLeast() || then.atLeast()
        ? "not counted"
        : signed(now.value() - then.value(), Show::number);
  }

  private static String signed(long change, LongFunction<String> text) {
    return change == 0 ? "0" : (change > 0 ? "+" : "−") + text.apply(Math.abs(change));
  }
}
