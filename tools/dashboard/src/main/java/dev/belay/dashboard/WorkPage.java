package dev.belay.dashboard;

import dev.belay.queue.Work;
import dev.belay.queue.WorkState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** One piece of work. Stateless. */
final class WorkPage {
  private WorkPage() {}

  /** A piece of work and when it was read. */
  private record Found(Work work, Instant now) {}

  static DashboardResponse get(View view) {
    String queue = view.query().get("queue");
    long id = view.query().number("id", 0);
    Optional<Found> found =
        view.belay()
            .<Optional<Found>, RuntimeException>read(
                tx ->
                    view.belay().queue(queue).find(tx, id).map(work -> new Found(work, tx.now())));
    return found.map(work -> page(view, work)).orElseGet(() -> notFound(view));
  }

  static DashboardResponse notFound(View view) {
    return Pages.notFound(
        view, "This queue has no such work. It may have been purged since it was listed.");
  }

  private static DashboardResponse page(View view, Found found) {
    Work work = found.work();
    Html main =
        Html.of(
            "<header class=\"head\"><p class=\"crumb\"><a href=\"{}\">Queues</a> /"
                + " <a href=\"{}\">{}</a></p><h1>Work {}</h1><p class=\"lead\">{}{}</p></header>",
            view.link("/queues"),
            view.link("/queue", "name", work.queue()),
            Show.id(work.queue()),
            work.id(),
            Show.state(work.state()),
            work.cancelRequested() ? " its worker is asked to stop" : "");
    main.add(Notice.of(view));
    if (view.mayWrite()) {
      main.add(actions(view, work));
    }
    if (work.lastError() != null) {
      main.add(
          "<section class=\"card failure\" aria-labelledby=\"error\"><h2 id=\"error\">Last error</h2>"
              + "{}</section>",
          Show.text(
              Show.shown(view, PayloadText.Source.WORK_ERROR, work.queue(), work.lastError())));
    }
    main.add(facts(view, found));
    main.add(body(view, work, "payload", "Payload", work.payload()));
    if (work.result() != null) {
      main.add(body(view, work, "result", "Result", work.result()));
    }
    String title = "Work " + work.id() + " of " + work.queue();
    return Answers.html(200, Layout.page(view, Section.QUEUES, title, main));
  }

  private static Html actions(View view, Work work) {
    Html html = Html.of("<p class=\"actions\">");
    if (work.state() == WorkState.BURIED || work.state() == WorkState.CANCELLED) {
      html.add(link(view, work, Action.RETRY));
    } else if (!work.state().isFinished()) {
      html.add(link(view, work, Action.CANCEL));
    }
    return html.add("</p>");
  }

  private static Html link(View view, Work work, Action action) {
    return Html.of(
        "<a class=\"button\" href=\"{}\">{}…</a>",
        view.link(action.path(), "queue", work.queue(), "id", work.id()),
        action.label());
  }

  private static Html facts(View view, Found found) {
    Work work = found.work();
    Instant now = found.now();
    Html html =
        Html.of("<section class=\"card\" aria-labelledby=\"facts\"><h2 id=\"facts\">Facts</h2>");
    html.add("<dl class=\"facts\">");
    fact(html, "Type", Show.id(work.type()));
    fact(html, "Key", Show.id(work.key()));
    fact(html, "Lane", lane(view, work));
    fact(html, "Priority", Html.of("{}", work.priority()));
    fact(html, "Attempts", Html.of("{} of {}", work.attempt(), work.attemptsMax()));
    fact(html, "Worker", Show.id(work.worker()));
    fact(html, "Token", work.token() == 0 ? Show.none() : Html.of("{}", work.token()));
    fact(html, "Enqueued", Show.full(work.enqueuedAt(), now));
    fact(html, "Not before", Show.full(work.notBefore(), now));
    fact(html, "Claimed", Show.full(work.claimedAt(), now));
    fact(html, "Claim lapses", Show.full(work.expiresAt(), now));
    fact(html, "Finished", Show.full(work.finishedAt(), now));
    return html.add("</dl></section>");
  }

  private static void fact(Html html, String name, Html value) {
    html.add("<dt>{}</dt><dd>{}</dd>", name, value);
  }

  private static Html lane(View view, Work work) {
    return work.lane() == null
        ? Show.none()
        : Html.of(
            "<a href=\"{}\">{}</a>",
            view.link("/queue", "name", work.queue(), "lane", work.lane()),
            Show.id(work.lane()));
  }

  /** A text is on the page only after it was asked for. */
  private static Html body(View view, Work work, String name, String title, String text) {
    boolean open = view.query().find("show").filter(name::equals).isPresent();
    Html html =
        Html.of(
            "<section class=\"card\" id=\"{}\" aria-labelledby=\"{}-title\">"
                + "<h2 id=\"{}-title\">{} <span class=\"quiet\">{}</span></h2>",
            name,
            name,
            name,
            title,
            Show.bytes(text.getBytes(StandardCharsets.UTF_8).length));
    if (open) {
      PayloadText.Source source =
          name.equals("result") ? PayloadText.Source.WORK_RESULT : PayloadText.Source.WORK_PAYLOAD;
      html.add(Show.text(Show.shown(view, source, work.queue(), text)));
    } else {
      html.add(
          "<p><a class=\"button\" href=\"{}#{}\">Show the {}</a></p>",
          view.link("/work", "queue", work.queue(), "id", work.id(), "show", name),
          name,
          name);
    }
    return html.add("</section>");
  }
}
