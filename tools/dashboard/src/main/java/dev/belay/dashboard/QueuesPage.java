package dev.belay.dashboard;

import dev.belay.StoreStats;
import dev.belay.StoreStats.Count;
import dev.belay.StoreStats.QueueCounts;
import dev.belay.queue.WorkState;
import java.util.List;

/** All queues by states. Stateless. */
final class QueuesPage {
  private static final int PAGE = 100;

  private QueuesPage() {}

  static DashboardResponse get(View view) {
    StoreStats stats = view.stats();
    String after = view.query().find("after").orElse("");
    List<QueueCounts> queues =
        stats.queues().stream()
            .dropWhile(queue -> !after.isEmpty() && !queue.queue().equals(after))
            .skip(after.isEmpty() ? 0 : 1)
            .limit(PAGE)
            .toList();
    Html main =
        Html.of(
            "<header class=\"head\"><h1>Queues</h1><p class=\"lead\">Work by queue and state. Counts"
                + " end at {}.</p></header>",
            Show.number(StoreStats.COUNT_MAX));
    if (queues.isEmpty()) {
      main.add(
          Show.empty(
              "No queue has any work.", "A queue appears here when its first work is enqueued."));
    } else {
      main.add(table(view, stats, queues));
      if (queues.size() == PAGE) {
        String last = queues.get(PAGE - 1).queue();
        main.add(
            "<p class=\"pages\"><a class=\"button\" href=\"{}\">Next page</a></p>",
            view.link("/queues", "after", last));
      }
    }
    return Answers.html(200, Layout.page(view, Section.QUEUES, "Queues", main));
  }

  /** Returns the table of some queues. */
  static Html table(View view, StoreStats stats, List<QueueCounts> queues) {
    Html html =
        Html.of(
            "<div class=\"scroll card\" tabindex=\"0\" role=\"region\" aria-label=\"Queues by"
                + " state\"><table class=\"grid\"><thead><tr><th scope=\"col\">Queue</th>");
    for (WorkState state : WorkState.values()) {
      html.add("<th scope=\"col\" class=\"number\">{}</th>", Show.state(state));
    }
    html.add(
        "<th scope=\"col\">Oldest ready</th><th scope=\"col\">Oldest claim</th></tr></thead><tbody>");
    for (QueueCounts queue : queues) {
      html.add(
          "<tr><th scope=\"row\"><a href=\"{}\">{}</a></th>",
          view.link("/queue", "name", queue.queue()),
          Show.id(queue.queue()));
      for (WorkState state : WorkState.values()) {
        html.add("<td class=\"number\">{}</td>", cell(view, queue, state));
      }
      html.add(
          "<td>{}</td><td>{}</td></tr>",
          Show.relative(queue.oldestReadyAt(), stats.at()),
          Show.relative(queue.oldestClaimedAt(), stats.at()));
    }
    return html.add("</tbody></table></div>");
  }

  private static Html cell(View view, QueueCounts queue, WorkState state) {
    Count count = queue.count(state);
    return count.value() == 0
        ? Html.of("<span class=\"zero\">0</span>")
        : Html.of(
            "<a class=\"count state-{}\" href=\"{}\" aria-label=\"{} {}\">{}</a>",
            Show.word(state),
            view.link("/queue", "name", queue.queue(), "state", state),
            Show.count(count),
            Show.word(state),
            Show.count(count));
  }
}
