package dev.belay.dashboard;

import dev.belay.lease.Lease;
import dev.belay.lease.Leases;
import dev.belay.store.BelayObserver.LeaseEvent.Displaced;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The live leases: who holds which token until when, and the holder that it displaced. Stateless.
 */
final class LeasesPage {
  private static final int PAGE = 100;

  private LeasesPage() {}

  /** One page of leases and when it was read. */
  private record Listed(List<Lease> leases, Instant now) {}

  static DashboardResponse get(View view) {
    Leases leases = view.belay().leases();
    String after = view.query().find("after").orElse(null);
    Listed listed =
        view.belay()
            .<Listed, RuntimeException>read(
                tx -> new Listed(leases.list(tx, after, PAGE), tx.now()));
    Html main =
        Html.of(
            "<header class=\"head\"><h1>Leases</h1><p class=\"lead\">Who holds what, by which token,"
                + " until when.</p></header>");
    main.add(Notice.of(view));
    if (listed.leases().isEmpty()) {
      main.add(
          after == null
              ? Show.empty(
                  "No lease is held.",
                  "A lease appears here while a holder keeps it, for example during a scheduled job.")
              : Show.empty("No more leases.", "Go back to the first page."));
    } else {
      main.add(table(view, listed));
    }
    main.add("<p class=\"pages\">");
    if (after != null) {
      main.add("<a class=\"button\" href=\"{}\">First page</a>", view.link("/leases"));
    }
    if (listed.leases().size() == PAGE) {
      main.add(
          "<a class=\"button\" rel=\"next\" href=\"{}\">Next page</a>",
          view.link("/leases", "after", listed.leases().get(PAGE - 1).name()));
    }
    main.add("</p>").add(stale(view));
    return Answers.html(200, Layout.page(view, Section.LEASES, "Leases", main));
  }

  private static Html table(View view, Listed listed) {
    Html html =
        Html.of(
            "<table class=\"cards card\"><thead><tr><th scope=\"col\">Lease</th>"
                + "<th scope=\"col\">Holder</th><th scope=\"col\">Token</th>"
                + "<th scope=\"col\">Since</th><th scope=\"col\">Expires</th>"
                + "<th scope=\"col\">Displaced</th>{}</tr></thead><tbody>",
            view.mayWrite() ? Html.of("<th scope=\"col\">Action</th>") : "");
    html.each(listed.leases(), lease -> html.add(row(view, lease, listed.now())));
    return html.add("</tbody></table>");
  }

  private static Html row(View view, Lease lease, Instant now) {
    Html html =
        Html.of(
            "<tr><th scope=\"row\">{}</th><td data-label=\"Holder\">{}</td>"
                + "<td data-label=\"Token\" class=\"token\">{}</td><td data-label=\"Since\">{}"
                + "</td><td data-label=\"Expires\">{}</td><td data-label=\"Displaced\">{}</td>",
            Show.id(lease.name()),
            Show.id(lease.holder()),
            lease.token(),
            Show.relative(lease.acquiredAt(), now),
            Show.relative(lease.expiresAt(), now),
            displaced(view, lease, now));
    if (view.mayWrite()) {
      html.add(
          "<td data-label=\"Action\"><a class=\"button small\" href=\"{}\""
              + " aria-label=\"Release {}\">Release…</a></td>",
          view.link(Action.RELEASE.path(), "name", lease.name(), "token", lease.token()),
          lease.name());
    }
    return html.add("</tr>");
  }

  private static Html displaced(View view, Lease lease, Instant now) {
    if (view.observer().isEmpty()) {
      return Html.of("<span class=\"quiet\">seen only from inside</span>");
    }
    Optional<Displaced> displaced = view.observer().get().displacedBy(lease.token());
    return displaced
        .map(
            before ->
                Html.of(
                    "{} <span class=\"quiet\">token {}, lapsed {}</span>",
                    Show.id(before.holder()),
                    before.token(),
                    Show.relative(before.expiredAt(), now)))
        .orElseGet(() -> Html.of("<span class=\"quiet\">none seen</span>"));
  }

  private static Html stale(View view) {
    Html html =
        Html.of("<section aria-labelledby=\"stale\"><h2 id=\"stale\">Refused stale holders</h2>");
    if (view.observer().isEmpty()) {
      return html.add(
          "<p class=\"note\">What a stale holder tried is seen only from inside its process, by a"
              + " dashboard that is embedded there.</p></section>");
    }
    List<Note> notes =
        view.observer().get().notes().stream()
            .filter(note -> note.tone() == Note.Tone.STALE)
            .limit(10)
            .toList();
    return html.add(
            notes.isEmpty()
                ? Html.of(
                    "<p class=\"note\">None among the last {} events of this process.</p>",
                    DashboardObserver.NOTES_MAX)
                : NotesPage.table(view, notes))
        .add("</section>");
  }
}
