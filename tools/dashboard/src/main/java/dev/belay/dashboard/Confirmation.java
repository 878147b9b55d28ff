package dev.belay.dashboard;

import dev.belay.lease.Lease;
import dev.belay.queue.Cancellation;
import dev.belay.queue.Requeue;
import dev.belay.queue.Work;
import dev.belay.queue.WorkQueue;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Asks before an action, and runs it. The target of the action is in the address of the form, not
 * in its fields, where browsers change line breaks. Stateless, safe for use by many threads.
 */
final class Confirmation {
  /** The maximum number of pieces of work that one purge deletes: 10,000. */
  static final int PURGE_MAX = 10_000;

  /** The longest age that a purge asks for: 100,000 days. */
  private static final long DAYS_MAX = 100_000;

  private static final System.Logger LOG = System.getLogger("dev.belay.dashboard");

  private Confirmation() {}

  /** Returns the page that asks. */
  static DashboardResponse ask(View view, Action action) {
    if (!view.mayWrite()) {
      return Answers.refused(view, 403, "Read only", "This dashboard only looks.");
    }
    return switch (action) {
      case RETRY, CANCEL -> askWork(view, action);
      case PURGE -> askPurge(view);
      case RELEASE -> askRelease(view);
    };
  }

  /** Runs a confirmed action. */
  static DashboardResponse run(View view, Action action) {
    DashboardResponse response =
        switch (action) {
          case RETRY -> retry(view);
          case CANCEL -> cancel(view);
          case PURGE -> purge(view);
          case RELEASE -> release(view);
        };
    view.changed();
    return response;
  }

  private static DashboardResponse askWork(View view, Action action) {
    String queue = view.query().get("queue");
    long id = view.query().number("id", 0);
    Optional<Work> found = view.belay().queue(queue).find(id);
    if (found.isEmpty()) {
      return WorkPage.notFound(view);
    }
    Work work = found.get();
    String what =
        action == Action.RETRY
            ? "It goes back into its queue with attempt 0, in a lane as the last in line. Its handler"
                + " runs again, with all its effects."
            : "Work that no worker has claimed is cancelled now. A worker that has claimed it is"
                + " asked to stop, and may still complete it.";
    Html facts =
        Html.of(
            "<p>{}</p><dl class=\"facts\"><dt>Queue</dt><dd>{}</dd><dt>State</dt><dd>{}</dd>"
                + "<dt>Type</dt><dd>{}</dd><dt>Attempts</dt><dd>{} of {}</dd></dl>",
            what,
            Show.id(queue),
            Show.state(work.state()),
            Show.id(work.type()),
            work.attempt(),
            work.attemptsMax());
    return page(
        view,
        new Question(
            action,
            action.label() + " work " + id + "?",
            facts,
            view.link(action.path(), "queue", queue, "id", id),
            view.link("/work", "queue", queue, "id", id)));
  }

  private static DashboardResponse askPurge(View view) {
    String queue = view.query().get("queue");
    long days = days(view);
    Html facts =
        Html.of(
            "<p>Deletes work of this queue that was done, buried or cancelled more than {} ago, the"
                + " oldest first, at most {} pieces. Dead letters are deleted too. What is deleted"
                + " does not come back.</p><dl class=\"facts\"><dt>Queue</dt><dd>{}</dd></dl>",
            days == 1 ? "1 day" : days + " days",
            Show.number(PURGE_MAX),
            Show.id(queue));
    return page(
        view,
        new Question(
            Action.PURGE,
            "Purge finished work?",
            facts,
            view.link(Action.PURGE.path(), "queue", queue, "days", days),
            view.link("/queue", "name", queue)));
  }

  private static long days(View view) {
    long days = view.query().number("days", 7);
    if (days > DAYS_MAX) {
      throw new BadRequestException("No work is that old.", null);
    }
    return days;
  }

  private static DashboardResponse askRelease(View view) {
    String name = view.query().get("name");
    long token = view.query().number("token", 0);
    Optional<Lease> lease = view.belay().leases().find(name);
    if (lease.isEmpty() || lease.get().token() != token) {
      return leaseChanged(view);
    }
    Html facts =
        Html.of(
            "<p>Another holder can acquire it at once. The present holder is not told before it next"
                + " uses the lease: release it only if that holder has certainly stopped.</p>"
                + "<dl class=\"facts\"><dt>Lease</dt><dd>{}</dd><dt>Holder</dt><dd>{}</dd>"
                + "<dt>Token</dt><dd>{}</dd></dl>",
            Show.id(name),
            Show.id(lease.get().holder()),
            token);
    return page(
        view,
        new Question(
            Action.RELEASE,
            "Release this lease?",
            facts,
            view.link(Action.RELEASE.path(), "name", name, "token", token),
            view.link("/leases")));
  }

  /** What a page asks: the form is sent to {@code send}, or the reader goes {@code back}. */
  private record Question(Action action, String title, Html facts, String send, String back) {}

  private static DashboardResponse page(View view, Question question) {
    Html main =
        Html.of(
            "<header class=\"head\"><h1>{}</h1></header><div class=\"card ask\">{}"
                + "<form method=\"post\" action=\"{}\" class=\"actions\">{}"
                + "<button class=\"button danger\" type=\"submit\">{}</button>"
                + "<a class=\"button\" href=\"{}\">Go back, change nothing</a></form></div>",
            question.title(),
            question.facts(),
            question.send(),
            view.csrfField(),
            question.action().label(),
            question.back());
    return Answers.html(200, Layout.page(view, Section.NONE, question.title(), main));
  }

  private static DashboardResponse retry(View view) {
    String name = view.query().get("queue");
    long id = view.query().number("id", 0);
    Requeue result = view.belay().queue(name).requeue(id);
    log(view, "retry work " + id + " of queue " + name, result);
    return switch (result) {
      case REQUEUED -> toWork(view, Notice.RETRIED);
      case NOT_FOUND -> WorkPage.notFound(view);
      case NOT_FINISHED ->
          conflict(view, "The work is not finished, so there is nothing to retry.");
      case DONE -> conflict(view, "The work is done. To do it again, enqueue new work.");
      case KEY_TAKEN -> conflict(view, "Other work has taken its key since.");
    };
  }

  private static DashboardResponse cancel(View view) {
    String name = view.query().get("queue");
    long id = view.query().number("id", 0);
    Cancellation result = view.belay().queue(name).cancel(id);
    log(view, "cancel work " + id + " of queue " + name, result);
    return switch (result) {
      case CANCELLED -> toWork(view, Notice.CANCELLED);
      case REQUESTED -> toWork(view, Notice.CANCEL_REQUESTED);
      case FINISHED -> conflict(view, "The work was already finished.");
      case NOT_FOUND -> WorkPage.notFound(view);
    };
  }

  private static DashboardResponse toWork(View view, Notice notice) {
    return Answers.seeOther(
        view.link(
            "/work",
            "queue",
            view.query().get("queue"),
            "id",
            view.query().number("id", 0),
            "notice",
            notice));
  }

  private static DashboardResponse purge(View view) {
    String name = view.query().get("queue");
    WorkQueue queue = view.belay().queue(name);
    Instant now = view.belay().<Instant, RuntimeException>read(tx -> tx.now());
    int purged = queue.purge(now.minus(Duration.ofDays(days(view))), PURGE_MAX);
    log(view, "purge queue " + name, purged + " deleted");
    return Answers.seeOther(
        view.link("/queue", "name", name, "notice", Notice.PURGED, "count", purged));
  }

  private static DashboardResponse release(View view) {
    String name = view.query().get("name");
    long token = view.query().number("token", 0);
    boolean released =
        view.belay()
            .<Boolean, RuntimeException>write(
                tx ->
                    view.belay()
                        .leases()
                        .find(tx, name)
                        .filter(lease -> lease.token() == token)
                        .map(lease -> view.belay().leases().release(tx, lease))
                        .orElse(false));
    log(view, "release lease " + name + " token " + token, released ? "released" : "not held");
    return released
        ? Answers.seeOther(view.link("/leases", "notice", Notice.RELEASED))
        : leaseChanged(view);
  }

  private static DashboardResponse leaseChanged(View view) {
    return conflict(view, "The lease has ended, or another holder has it now.");
  }

  private static DashboardResponse conflict(View view, String message) {
    return Answers.refused(view, 409, "Nothing was changed", message);
  }

  private static void log(View view, String what, Object result) {
    LOG.log(
        Level.INFO,
        Visible.text("dashboard: " + what + ", by " + view.request().user() + ": ") + result);
  }
}
