package dev.belay.dashboard;

import dev.belay.dashboard.WorkList.Filter;
import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The work of one queue. Stateless. */
final class QueuePage {
  private static final int ERROR_MAX = 160;

  private QueuePage() {}

  static DashboardResponse get(View view) {
    String name = view.query().get("name");
    WorkQueue queue = view.belay().queue(name);
    Filter filter =
        new Filter(
            view.query().find("state").map(QueuePage::state),
            view.query().find("type"),
            view.query().find("lane"));
    long after = view.query().number("after", 0);
    WorkList list =
        view.belay()
            .<WorkList, RuntimeException>read(tx -> WorkList.read(tx, queue, filter, after));
    Html main =
        Html.of(
            "<header class=\"head\"><p class=\"crumb\"><a href=\"{}\">Queues</a></p><h1>{}</h1>"
                + "</header>",
            view.link("/queues"),
            Show.id(name));
    main.add(Notice.of(view)).add(states(view, name, filter)).add(search(view, name, filter));
    main.add(list.works().isEmpty() ? nothing(filter, list) : table(view, list));
    main.add(pages(view, name, filter, list, after));
    if (view.mayWrite()) {
      main.add(purge(view, name));
    }
    return Answers.html(200, Layout.page(view, Section.QUEUES, name, main));
  }

  private static WorkState state(String name) {
    for (WorkState state : WorkState.values()) {
      if (state.name().equals(name)) {
        return state;
      }
    }
    throw new BadRequestException("There is no such state.", null);
  }

  private static Html states(View view, String name, Filter filter) {
    Html html = Html.of("<nav aria-label=\"States\"><ul class=\"tabs\">");
    html.add(tab(view, name, filter, Optional.empty()));
    for (WorkState state : WorkState.values()) {
      html.add(tab(view, name, filter, Optional.of(state)));
    }
    return html.add("</ul></nav>");
  }

  private static Html tab(View view, String name, Filter filter, Optional<WorkState> state) {
    Filter other = new Filter(state, filter.type(), filter.lane());
    return Html.of(
        "<li><a href=\"{}\"{}>{}</a></li>",
        link(view, name, other, 0),
        state.equals(filter.state()) ? Html.of(" aria-current=\"true\"") : "",
        state.map(Show::state).orElseGet(() -> Html.of("<span class=\"state\">All</span>")));
  }

  private static String link(View view, String name, Filter filter, long after) {
    List<Object> parameters = new ArrayList<>(List.of("name", name));
    filter.state().ifPresent(state -> parameters.addAll(List.of("state", state)));
    filter.type().ifPresent(type -> parameters.addAll(List.of("type", type)));
    filter.lane().ifPresent(lane -> parameters.addAll(List.of("lane", lane)));
    if (after > 0) {
      parameters.addAll(List.of("after", after));
    }
    return view.link("/queue", parameters.toArray());
  }

  private static Html search(View view, String name, Filter filter) {
    Html html =
        Html.of(
            "<form class=\"search\" method=\"get\" action=\"{}\" role=\"search\">" + "{}",
            view.link("/queue"),
            Show.hiddenField("name", name));
    filter
        .state()
        .ifPresent(state -> html.add("<input type=\"hidden\" name=\"state\" value=\"{}\">", state));
    html.add(
        "<label>Type <input name=\"type\" value=\"{}\" autocomplete=\"off\"></label>"
            + "<label>Lane <input name=\"lane\" value=\"{}\" autocomplete=\"off\"></label>"
            + "<button class=\"button\" type=\"submit\">Filter</button>",
        filter.type().orElse(""),
        filter.lane().orElse(""));
    if (filter.isSearch()) {
      html.add(
          "<a class=\"button\" href=\"{}\">Clear</a>",
          link(view, name, new Filter(filter.state(), Optional.empty(), Optional.empty()), 0));
    }
    return html.add("</form>");
  }

  private static Html nothing(Filter filter, WorkList list) {
    if (list.next() > 0) {
      return Show.empty(
          "Nothing found so far.",
          "The first "
              + Show.number(WorkList.SEARCH_MAX)
              + " pieces of work have no match. Go on to"
              + " search the rest.");
    }
    if (filter.isSearch()) {
      return Show.empty("No work matches.", "Clear the filter, or choose another state.");
    }
    return filter.state().filter(state -> state == WorkState.BURIED).isPresent()
        ? Show.empty("No dead letters.", "Work that fails for the last time is kept here.")
        : Show.empty("No work here.", "Choose another state, or enqueue work.");
  }

  private static Html table(View view, WorkList list) {
    Html html =
        Html.of(
            "<table class=\"cards card\"><thead><tr><th scope=\"col\">Work</th>"
                + "<th scope=\"col\">State</th><th scope=\"col\">Type</th><th scope=\"col\">Lane</th>"
                + "<th scope=\"col\">Attempts</th><th scope=\"col\">Enqueued</th>"
                + "<th scope=\"col\">Next</th><th scope=\"col\">Worker</th></tr></thead><tbody>");
    html.each(list.works(), work -> html.add(row(view, work, list)));
    return html.add("</tbody></table>");
  }

  private static Html row(View view, WorkLine work, WorkList list) {
    Html html =
        Html.of(
            "<tr><th scope=\"row\"><a href=\"{}\">{}</a></th><td data-label=\"State\">{}</td>"
                + "<td data-label=\"Type\">{}</td><td data-label=\"Lane\">{}</td>",
            view.link("/work", "queue", work.queue(), "id", work.id()),
            work.id(),
            Show.state(work.state()),
            Show.id(work.type()),
            Show.id(work.lane()));
    html.add(
        "<td data-label=\"Attempts\">{} of {}</td><td data-label=\"Enqueued\">{}</td>"
            + "<td data-label=\"Next\">{}</td><td data-label=\"Worker\">{}</td></tr>",
        work.attempt(),
        work.attemptsMax(),
        Show.relative(work.enqueuedAt(), list.now()),
        next(work, list),
        Show.id(work.worker()));
    String error = list.errors().get(work.id());
    if (error != null) {
      html.add("<tr class=\"more\"><td colspan=\"8\">{}</td></tr>", error(view, work, error));
    }
    return html;
  }

  private static Html next(WorkLine work, WorkList list) {
    if (work.expiresAt() != null) {
      return Html.of("lapses {}", Show.relative(work.expiresAt(), list.now()));
    }
    return Show.relative(work.notBefore(), list.now());
  }

  private static Html error(View view, WorkLine work, String error) {
    String shown = Show.shown(view, PayloadText.Source.WORK_ERROR, work.queue(), error);
    String line = shown.lines().findFirst().orElse("");
    String first = line.length() <= ERROR_MAX ? line : line.substring(0, ERROR_MAX) + "…";
    return Html.of(
        "<details id=\"error-{}\" class=\"error\"><summary>{}</summary>{}</details>",
        work.id(),
        first,
        Show.text(shown));
  }

  private static Html pages(View view, String name, Filter filter, WorkList list, long after) {
    Html html = Html.of("<p class=\"pages\">");
    if (after > 0) {
      html.add("<a class=\"button\" href=\"{}\">First page</a>", link(view, name, filter, 0));
    }
    if (list.next() > 0) {
      html.add(
          "<a class=\"button\" rel=\"next\" href=\"{}\">{}</a>",
          link(view, name, filter, list.next()),
          list.works().size() < WorkList.PAGE ? "Search further" : "Next page");
    }
    return html.add("</p>");
  }

  private static Html purge(View view, String name) {
    return Html.of(
        "<section class=\"card tool\" aria-labelledby=\"purge\"><h2 id=\"purge\">Purge finished work"
            + "</h2><form method=\"get\" action=\"{}\">{}<label>Finished more than <input name=\"days\" type=\"number\" min=\"0\""
            + " max=\"36500\" value=\"7\"> days ago</label><button class=\"button\" type=\"submit\">"
            + "Purge…</button></form></section>",
        view.link(Action.PURGE.path()),
        Show.hiddenField("queue", name));
  }
}
