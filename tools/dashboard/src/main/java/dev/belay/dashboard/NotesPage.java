package dev.belay.dashboard;

import dev.belay.dashboard.Note.Tone;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** The last events of the process. Stateless. */
final class NotesPage {
  private NotesPage() {}

  static DashboardResponse get(View view) {
    Html main =
        Html.of(
            "<header class=\"head\"><h1>Events</h1><p class=\"lead\">The last {} events of"
                + " this process, the newest first. Routine successes are only counted."
                + "</p></header>",
            DashboardObserver.NOTES_MAX);
    if (view.observer().isEmpty()) {
      main.add(
          Show.empty(
              "Events are seen only from inside a process.",
              "Embed the dashboard in the application, and open the store with a DashboardObserver."));
    } else {
      List<Note> all = view.observer().get().notes();
      String only = view.query().find("tone").orElse("");
      List<Note> notes =
          all.stream().filter(note -> only.isEmpty() || note.tone().name().equals(only)).toList();
      main.add(tabs(view, only));
      main.add(
          notes.isEmpty()
              ? Show.empty(
                  "No such events yet.",
                  "Leases that are granted, failed attempts and refusals appear here.")
              : table(view, notes));
    }
    return Answers.html(200, Layout.page(view, Section.EVENTS, "Events", main));
  }

  private static Html tabs(View view, String only) {
    Html html = Html.of("<nav aria-label=\"Kinds of events\"><ul class=\"tabs\">");
    html.add(tab(view.link("/events"), "All", only.isEmpty() ? "true" : "false"));
    for (Tone tone : Tone.values()) {
      html.add(
          tab(
              view.link("/events", "tone", tone),
              tone.label(),
              Boolean.toString(tone.name().equals(only))));
    }
    return html.add("</ul></nav>");
  }

  private static Html tab(String link, String label, String current) {
    return Html.of("<li><a href=\"{}\" aria-current=\"{}\">{}</a></li>", link, current, label);
  }

  /** Returns the table of some events. */
  static Html table(View view, List<Note> notes) {
    Instant now = view.observer().map(DashboardObserver::now).orElse(Instant.EPOCH);
    Html html =
        Html.of(
            "<table class=\"cards card\"><thead><tr><th scope=\"col\">When</th>"
                + "<th scope=\"col\">Kind</th><th scope=\"col\">Of</th>"
                + "<th scope=\"col\">What happened</th></tr></thead><tbody>");
    html.each(
        notes,
        note ->
            html.add(
                "<tr><td data-label=\"When\">{}</td><td data-label=\"Kind\">"
                    + "<span class=\"tone tone-{}\">{}</span></td><td data-label=\"Of\">{}</td>"
                    + "<td data-label=\"What happened\" class=\"wide\">{}</td></tr>",
                Show.relative(note.at(), now),
                note.tone().name().toLowerCase(Locale.ROOT),
                note.tone().label(),
                subject(view, note),
                note.text()));
    return html.add("</tbody></table>");
  }

  private static Html subject(View view, Note note) {
    return switch (note.subject()) {
      case STORE -> Html.of("the store");
      case LEASE -> Html.of("lease {}", Show.id(note.name()));
      case SESSION ->
          Html.of(
              "<a href=\"{}\">session {}</a>",
              view.link("/session", "id", note.name()),
              Show.id(note.name()));
      case WORK ->
          Html.of(
              "<a href=\"{}\">work {} of {}</a>",
              view.link("/work", "queue", note.name(), "id", note.workId()),
              note.workId(),
              Show.id(note.name()));
    };
  }
}
