package dev.belay.dashboard;

import dev.belay.session.Session;
import dev.belay.session.SessionEvent;
import dev.belay.session.Sessions;
import dev.belay.store.Tx;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** One session: its head, and its log with the branches. Stateless. */
final class SessionPage {
  /** The maximum number of events of a page: 100. */
  static final int PAGE = 100;

  private SessionPage() {}

  /**
   * A session, one page of its log, the key of the next one or 0, and the seqs of the page that are
   * in its history.
   */
  private record Found(
      Session session, List<SessionEvent> events, long next, Set<Long> history, Instant now) {}

  static DashboardResponse get(View view) {
    String id = view.query().get("id");
    long after = view.query().number("after", 0);
    Optional<Found> found =
        view.belay()
            .<Optional<Found>, RuntimeException>read(
                tx ->
                    view.belay()
                        .sessions()
                        .find(tx, id)
                        .map(session -> read(view.belay().sessions(), tx, session, after)));
    return found.map(session -> page(view, session, after)).orElseGet(() -> notFound(view));
  }

  static DashboardResponse notFound(View view) {
    return Pages.notFound(
        view, "There is no such session, or it was deleted or cleared since it was listed.");
  }

  private static Found read(Sessions sessions, Tx tx, Session session, long after) {
    List<SessionEvent> events = sessions.events(tx, session.id(), after, PAGE);
    Set<Long> history = Set.of();
    long next = 0;
    if (!events.isEmpty()) {
      long last = events.get(events.size() - 1).seq();
      next = sessions.events(tx, session.id(), last, 1).isEmpty() ? 0 : last;
      long end = last + 1;
      history =
          sessions.history(tx, session.id(), end, events.size()).stream()
              .map(SessionEvent::seq)
              .collect(Collectors.toSet());
    }
    return new Found(session, events, next, history, tx.now());
  }

  private static DashboardResponse page(View view, Found found, long after) {
    Session session = found.session();
    Html main =
        Html.of(
            "<header class=\"head\"><p class=\"crumb\"><a href=\"{}\">Sessions</a></p><h1>{}</h1>"
                + "</header><dl class=\"tiles\">",
            view.link("/sessions"),
            Show.id(session.id()));
    tile(main, "Revision", Html.of("{}", Show.number(session.revision())));
    tile(main, "Leaf", Html.of("{}", Show.number(session.leafSeq())));
    tile(main, "Created", Show.relative(session.createdAt(), found.now()));
    tile(main, "Updated", Show.relative(session.updatedAt(), found.now()));
    main.add("</dl>").add(state(view, session));
    main.add("<section aria-labelledby=\"log\"><h2 id=\"log\">Log</h2>");
    main.add(
        found.events().isEmpty()
            ? Show.empty("No events here.", "This session has no event behind this place.")
            : log(view, found));
    main.add("<p class=\"pages\">");
    if (after > 0) {
      main.add(
          "<a class=\"button\" href=\"{}\">First page</a>",
          view.link("/session", "id", session.id()));
    }
    if (found.next() > 0) {
      main.add(
          "<a class=\"button\" rel=\"next\" href=\"{}\">Next page</a>",
          view.link("/session", "id", session.id(), "after", found.next()));
    }
    main.add("</p></section>");
    return Answers.html(200, Layout.page(view, Section.SESSIONS, session.id(), main));
  }

  private static void tile(Html html, String label, Html value) {
    html.add("<div class=\"tile\"><dt>{}</dt><dd>{}</dd></div>", label, value);
  }

  private static Html state(View view, Session session) {
    if (session.state().isEmpty()) {
      return Html.of("");
    }
    Html html =
        Html.of(
            "<section class=\"card\" id=\"state\" aria-labelledby=\"state-title\">"
                + "<h2 id=\"state-title\">State <span class=\"quiet\">{}</span></h2>",
            Show.bytes(size(session.state())));
    if (view.query().find("show").filter("state"::equals).isPresent()) {
      html.add(
          Show.text(
              Show.shown(view, PayloadText.Source.SESSION_STATE, session.id(), session.state())));
    } else {
      html.add(
          "<p><a class=\"button\" href=\"{}#state\">Show the state</a></p>",
          view.link("/session", "id", session.id(), "show", "state"));
    }
    return html.add("</section>");
  }

  private static long size(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static Html log(View view, Found found) {
    Branches branches = new Branches(found.events(), found.history());
    Html html =
        Html.of(
            "<div class=\"scroll card\" tabindex=\"0\" role=\"region\" aria-label=\"Events of the log\">"
                + "<table class=\"grid log\"><thead><tr><th scope=\"col\">Branch</th>"
                + "<th scope=\"col\" class=\"number\">Seq</th><th scope=\"col\" class=\"number\">Parent</th><th scope=\"col\">Type</th>"
                + "<th scope=\"col\">Event id</th><th scope=\"col\">Payload</th>"
                + "<th scope=\"col\">Committed</th></tr></thead><tbody>");
    html.each(branches.rows(), row -> html.add(row(view, found, branches, row)));
    return html.add("</tbody></table></div>");
  }

  private static Html row(View view, Found found, Branches branches, Branches.Row row) {
    SessionEvent event = row.event();
    boolean inHistory = found.history().contains(event.seq());
    String place =
        event.seq() == found.session().leafSeq() ? "leaf" : inHistory ? "history" : "other branch";
    Html html =
        Html.of(
            "<tr class=\"{}\"><td class=\"rail\">{}<span class=\"unseen\">{}</span></td>"
                + "<th scope=\"row\" class=\"number\">{}</th><td class=\"number\">{}</td>",
            inHistory ? "history" : "branch",
            Rail.html(row, branches.width(), place),
            place,
            event.seq(),
            event.parentSeq() == 0 ? Show.none() : event.parentSeq());
    return html.add(
        "<td>{}</td><td>{}</td><td><a href=\"{}\" aria-label=\"Show payload {}\">{}</a></td>"
            + "<td>{}</td></tr>",
        Show.id(event.type()),
        Show.id(event.eventId()),
        view.link("/event", "session", event.sessionId(), "seq", event.seq()),
        event.seq(),
        Show.bytes(size(event.payload())),
        Show.relative(event.at(), found.now()));
  }
}
