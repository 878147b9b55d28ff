package dev.belay.dashboard;

import dev.belay.session.SessionEvent;
import dev.belay.session.Sessions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** One event of a session with its payload. Stateless. */
final class EventPage {
  private EventPage() {}

  /** An event, if there is one, and when it was read. */
  private record Found(List<SessionEvent> event, Instant now) {}

  static DashboardResponse get(View view) {
    String id = view.query().get("session");
    long seq = view.query().number("seq", 0);
    Sessions sessions = view.belay().sessions();
    Found found =
        view.belay()
            .<Found, RuntimeException>read(
                tx -> new Found(sessions.events(tx, id, Math.max(0, seq - 1), 1), tx.now()));
    return found.event().isEmpty() || found.event().get(0).seq() != seq
        ? Pages.notFound(view, "This session has no such event.")
        : page(view, found.event().get(0), found.now());
  }

  private static DashboardResponse page(View view, SessionEvent event, Instant now) {
    Html main =
        Html.of(
            "<header class=\"head\"><p class=\"crumb\"><a href=\"{}\">Sessions</a> /"
                + " <a href=\"{}\">{}</a></p><h1>Event {}</h1></header>",
            view.link("/sessions"),
            view.link("/session", "id", event.sessionId()),
            Show.id(event.sessionId()),
            event.seq());
    main.add(
        "<section class=\"card\" aria-labelledby=\"facts\"><h2 id=\"facts\">Facts</h2>"
            + "<dl class=\"facts\"><dt>Type</dt><dd>{}</dd><dt>Event id</dt><dd>{}</dd>"
            + "<dt>Continues</dt><dd>{}</dd><dt>Committed</dt><dd>{}</dd></dl></section>",
        Show.id(event.type()),
        Show.id(event.eventId()),
        event.parentSeq() == 0 ? "nothing: it is a root" : "event " + event.parentSeq(),
        Show.full(event.at(), now));
    main.add(
        "<section class=\"card\" aria-labelledby=\"payload\"><h2 id=\"payload\">Payload"
            + " <span class=\"quiet\">{}</span></h2>{}</section>",
        Show.bytes(event.payload().getBytes(StandardCharsets.UTF_8).length),
        Show.text(
            Show.shown(
                view, PayloadText.Source.EVENT_PAYLOAD, event.sessionId(), event.payload())));
    String title = "Event " + event.seq() + " of " + event.sessionId();
    return Answers.html(200, Layout.page(view, Section.SESSIONS, title, main));
  }
}
