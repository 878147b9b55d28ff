package dev.belay.dashboard;

import dev.belay.session.SessionLine;
import dev.belay.session.Sessions;
import java.time.Instant;
import java.util.List;

/** The sessions, by id. Stateless. */
final class SessionsPage {
  private static final int PAGE = 100;

  private SessionsPage() {}

  /** One page of sessions and when it was read. */
  private record Listed(List<SessionLine> sessions, Instant now) {}

  static DashboardResponse get(View view) {
    Sessions sessions = view.belay().sessions();
    String after = view.query().find("after").orElse(null);
    Listed listed =
        view.belay()
            .<Listed, RuntimeException>read(
                tx -> new Listed(sessions.list(tx, after, PAGE), tx.now()));
    Html main =
        Html.of(
            "<header class=\"head\"><h1>Sessions</h1><p class=\"lead\">In the order of their ids."
                + "</p></header><form class=\"search\" method=\"get\" action=\"{}\" role=\"search\">"
                + "<label>Session id <input name=\"id\" autocomplete=\"off\"></label>"
                + "<button class=\"button\" type=\"submit\">Open</button>"
                + "</form>",
            view.link("/session"));
    if (listed.sessions().isEmpty()) {
      main.add(
          after == null
              ? Show.empty(
                  "No sessions.", "A session appears here with the first commit to its id.")
              : Show.empty("No more sessions.", "Go back to the first page."));
    } else {
      main.add(table(view, listed));
    }
    main.add("<p class=\"pages\">");
    if (after != null) {
      main.add("<a class=\"button\" href=\"{}\">First page</a>", view.link("/sessions"));
    }
    if (!listed.sessions().isEmpty() && listed.sessions().size() == PAGE) {
      main.add(
          "<a class=\"button\" rel=\"next\" href=\"{}\">Next page</a>",
          view.link("/sessions", "after", listed.sessions().get(PAGE - 1).id()));
    }
    main.add("</p>");
    return Answers.html(200, Layout.page(view, Section.SESSIONS, "Sessions", main));
  }

  private static Html table(View view, Listed listed) {
    Html html =
        Html.of(
            "<table class=\"cards card\"><thead><tr><th scope=\"col\">Session</th>"
                + "<th scope=\"col\">Revision</th><th scope=\"col\">Leaf</th>"
                + "<th scope=\"col\">State</th><th scope=\"col\">Created</th>"
                + "<th scope=\"col\">Updated</th></tr></thead><tbody>");
    html.each(
        listed.sessions(),
        session ->
            html.add(
                "<tr><th scope=\"row\"><a href=\"{}\">{}</a></th>"
                    + "<td data-label=\"Revision\" class=\"token\">{}</td>"
                    + "<td data-label=\"Leaf\" class=\"token\">{}</td><td data-label=\"State\">{}</td>"
                    + "{}</tr>",
                view.link("/session", "id", session.id()),
                Show.id(session.id()),
                session.revision(),
                session.leafSeq(),
                session.stateBytes() == 0 ? Show.none() : Show.bytes(session.stateBytes()),
                Html.of(
                    "<td data-label=\"Created\">{}</td><td data-label=\"Updated\">{}</td>",
                    Show.relative(session.createdAt(), listed.now()),
                    Show.relative(session.updatedAt(), listed.now()))));
    return html.add("</tbody></table>");
  }
}
