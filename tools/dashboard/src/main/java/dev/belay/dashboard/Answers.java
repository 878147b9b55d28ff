package dev.belay.dashboard;

import java.util.HashMap;
import java.util.Map;

/** Makes responses. Stateless, safe for use by many threads. */
final class Answers {
  private static final Map<String, String> SECURITY =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src"
              + " 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "Cache-Control",
          "no-store",
          // With no-referrer Chromium sends "Origin: null" with the page's own forms.
          "Referrer-Policy",
          "same-origin",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin");

  private Answers() {}

  static DashboardResponse of(int status, String contentType, String body) {
    return new DashboardResponse(status, Map.of("Content-Type", contentType), body);
  }

  static DashboardResponse html(int status, Html page) {
    return of(status, "text/html; charset=utf-8", page.toString());
  }

  /** Returns a page without menu, which shows nothing of the store. */
  static DashboardResponse plain(int status, String message) {
    return html(status, Layout.bare(message));
  }

  /** Returns a page that says what was refused and what to do. */
  static DashboardResponse refused(View view, int status, String title, String message) {
    return html(
        status,
        Layout.page(
            view,
            Section.NONE,
            title,
            Html.of(
                "<header class=\"head\"><h1>{}</h1></header><div class=\"card note\"><p>{}</p>"
                    + "<p><a class=\"button\" href=\"{}\">Back to the overview</a></p></div>",
                title,
                message,
                view.link("/"))));
  }

  /** Returns an answer that sends the browser to another page. */
  static DashboardResponse seeOther(String location) {
    return new DashboardResponse(
        303, Map.of("Location", location, "Content-Type", "text/plain; charset=utf-8"), "");
  }

  static DashboardResponse withHeader(DashboardResponse response, String name, String value) {
    Map<String, String> headers = new HashMap<>(response.headers());
    headers.put(name, value);
    return new DashboardResponse(response.status(), headers, response.body());
  }

  /** Adds the headers without which no answer leaves. */
  static DashboardResponse secured(DashboardResponse response) {
    Map<String, String> headers = new HashMap<>(response.headers());
    headers.putAll(SECURITY);
    return new DashboardResponse(response.status(), headers, response.body());
  }
}
