package dev.belay.dashboard;

import java.util.List;

/** What all pages share. Stateless, safe for use by many threads. */
final class Layout {
  private static final List<Section> MENU =
      List.of(Section.OVERVIEW, Section.QUEUES, Section.LEASES, Section.SESSIONS, Section.EVENTS);

  private Layout() {}

  /** Returns a page with the menu. */
  static Html page(View view, Section section, String title, Html main) {
    Html html = head(title, view.link("/dashboard.css"));
    html.add(
        "<link rel=\"icon\" href=\"{}\"><script src=\"{}\" defer></script></head><body>",
        view.link("/dashboard.svg"),
        view.link("/dashboard.js"));
    html.add("<a class=\"skip\" href=\"#main\">Skip to the content</a>").add(symbols());
    html.add(
        "<div class=\"frame\"><header class=\"side\"><a class=\"brand\" href=\"{}\">"
            + "<svg class=\"mark\" aria-hidden=\"true\"><use href=\"#i-belay\"></use></svg>"
            + "<span>Belay</span></a>",
        view.link("/"));
    html.add("<nav aria-label=\"Pages\"><ul class=\"menu\">");
    for (Section entry : MENU) {
      html.add(
          entry == section
              ? Html.of(
                  "<li><a href=\"{}\" aria-current=\"page\">{}</a></li>",
                  view.link(entry.path()),
                  entry.label())
              : Html.of("<li><a href=\"{}\">{}</a></li>", view.link(entry.path()), entry.label()));
    }
    html.add("</ul></nav><div class=\"about\">");
    if (!view.mayWrite()) {
      html.add("<p class=\"badge\">Read only</p>");
    }
    html.add(
        "<p>{}</p></div></header>",
        view.observer().isPresent() ? "Seen from inside its process" : "Seen from outside");
    html.add("<main id=\"main\" tabindex=\"-1\"{}>", refresh(section));
    return html.add(main).add("</main></div></body></html>");
  }

  /** Pages of the menu are read again while they are looked at. */
  private static Html refresh(Section section) {
    return section == Section.NONE ? Html.of("") : Html.of(" data-refresh=\"5\"");
  }

  /** Returns a page for a reader who may see nothing. */
  static Html bare(String message) {
    return head("Belay", "/dashboard.css")
        .add("</head><body class=\"bare\"><main id=\"main\"><h1>Belay</h1>")
        .add("<p>{}</p></main></body></html>", message);
  }

  private static Html head(String title, String css) {
    return Html.of(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
            + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
            + "<meta name=\"color-scheme\" content=\"light dark\"><title>{} · Belay</title>"
            + "<link rel=\"stylesheet\" href=\"{}\">",
        Visible.text(title),
        css);
  }

  /** The icons: each state has a form of its own, not only a colour. */
  private static Html symbols() {
    return Html.of(
        "<svg width=\"0\" height=\"0\" class=\"symbols\" aria-hidden=\"true\">"
            + "<symbol id=\"i-belay\" viewBox=\"0 0 32 32\"><path d=\"M12.5 4.5h6.5a8 8 0 0 1 6.4"
            + " 12.8l-5.6 7.5A7.6 7.6 0 0 1 6 20.2V11a6.5 6.5 0 0 1 6.5-6.5z\""
            + " fill=\"none\" stroke=\"currentColor\" stroke-width=\"3\"/><path d=\"M20.5 12.5l-5.3"
            + " 7.2\" stroke=\"currentColor\" stroke-width=\"3\" stroke-linecap=\"round\"/></symbol>"
            + "<symbol id=\"i-scheduled\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"6\""
            + " fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.8\"/><path d=\"M8 4.5V8l2.5"
            + " 1.5\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\""
            + " stroke-linecap=\"round\"/></symbol>"
            + "<symbol id=\"i-ready\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"5\""
            + " fill=\"currentColor\"/></symbol>"
            + "<symbol id=\"i-waiting\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"6\""
            + " fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.8\"/><path d=\"M6.3"
            + " 5.5v5M9.7 5.5v5\" stroke=\"currentColor\" stroke-width=\"1.8\""
            + " stroke-linecap=\"round\"/></symbol>"
            + "<symbol id=\"i-claimed\" viewBox=\"0 0 16 16\"><path d=\"M4.5 3v10l8.5-5z\""
            + " fill=\"currentColor\" stroke=\"currentColor\" stroke-width=\"1.5\""
            + " stroke-linejoin=\"round\"/></symbol>"
            + "<symbol id=\"i-done\" viewBox=\"0 0 16 16\"><path d=\"M3 8.5l3.3 3.3L13 4.8\""
            + " fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.2\" stroke-linecap=\"round\""
            + " stroke-linejoin=\"round\"/></symbol>"
            + "<symbol id=\"i-buried\" viewBox=\"0 0 16 16\"><path d=\"M4 4l8 8M12 4l-8 8\""
            + " fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.2\""
            + " stroke-linecap=\"round\"/></symbol>"
            + "<symbol id=\"i-cancelled\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"6\""
            + " fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.8\"/><path d=\"M4 12l8-8\""
            + " stroke=\"currentColor\" stroke-width=\"1.8\"/></symbol></svg>");
  }
}
