package dev.belay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.queue.NewWork;
import dev.belay.queue.WorkState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each page shows what the store holds, on each database.
 *
 * <p>Goal: a reader finds the piece of work, the holder or the branch. Method: the function from
 * request to response on a store with something in every place.
 */
class PagesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void an_empty_store_says_what_will_appear(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      assertThat(fixture.get("/").body()).contains("All is well", "This store is empty.");
      assertThat(fixture.get("/queues").body()).contains("No queue has any work.");
      assertThat(fixture.get("/leases").body()).contains("No lease is held.");
      assertThat(fixture.get("/sessions").body()).contains("No sessions.");
      assertThat(fixture.get("/events").body()).contains("No such events yet.");
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_overview_shows_what_needs_a_look_and_the_last_hour(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      fixture.fill();
      fixture.clock.advance(Duration.ofMinutes(10));

      String page = fixture.get("/").body();

      assertThat(page)
          .contains("1 dead letter in mail", "Ready work in index is", "A stale holder was refused")
          .contains("Writes over the last hour", "Takeovers</dt><dd>1<")
          .contains("schema ");
    }
  }

  @ParameterizedTest
  @EnumSource
  void queues_are_listed_by_state_with_the_age_of_the_oldest(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      fixture.fill();

      String page = fixture.get("/queues").body();

      assertThat(page)
          .contains("aria-label=\"3 done\"", "aria-label=\"4 waiting\"", "aria-label=\"1 buried\"")
          .contains("1 min ago");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_queue_is_filtered_by_state_type_and_lane(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      fixture.fill();

      assertThat(rows(fixture.get("/queue?name=mail"))).hasSize(8);
      assertThat(rows(fixture.get("/queue?name=mail&state=DONE"))).hasSize(3);
      assertThat(rows(fixture.get("/queue?name=mail&type=digest"))).hasSize(1);
      assertThat(rows(fixture.get("/queue?name=index&lane=example.org"))).hasSize(5);
      assertThat(rows(fixture.get("/queue?name=index&lane=example.org&state=READY"))).hasSize(1);
      assertThat(fixture.get("/queue?name=mail&type=none").body()).contains("No work matches.");
      assertThat(fixture.get("/queue?name=mail&state=NONE").status()).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @EnumSource
  void dead_letters_show_their_errors(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      fixture.fill();

      assertThat(fixture.get("/queue?name=mail&state=BURIED").body())
          .contains("<summary>java.lang.IllegalStateException: mailbox does not exist</summary>")
          .contains("Smtp.java:77");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_long_queue_is_paged_by_key_each_piece_once(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      List<NewWork> works = new ArrayList<>();
      for (int i = 0; i < 2_500; i++) {
        NewWork work = NewWork.of("p" + i).withType(i % 250 == 249 ? "rare" : "common");
        works.add(i % 2 == 0 ? work : work.notBefore(ManualClock.START.plusSeconds(60)));
      }
      fixture.queue("long").enqueueAll(works);

      assertThat(allPages(fixture, "/queue?name=long")).hasSize(2_500).doesNotHaveDuplicates();
      assertThat(allPages(fixture, "/queue?name=long&state=READY"))
          .hasSize(1_250)
          .doesNotHaveDuplicates();
      assertThat(allPages(fixture, "/queue?name=long&type=rare")).hasSize(10);
    }
  }

  private static List<String> allPages(Fixture fixture, String first) {
    Pattern next = Pattern.compile("rel=\"next\" href=\"([^\"]*)\"");
    List<String> all = new ArrayList<>();
    String target = first;
    while (!target.isEmpty()) {
      DashboardResponse page = fixture.get(target);
      assertThat(page.status()).isEqualTo(200);
      List<String> rows = rows(page);
      assertThat(rows.size()).isLessThanOrEqualTo(WorkList.PAGE);
      all.addAll(rows);
      target =
          next.matcher(page.body())
              .results()
              .findFirst()
              .map(link -> link.group(1).replace("&amp;", "&"))
              .orElse("");
    }
    return all;
  }

  private static List<String> rows(DashboardResponse page) {
    return Pattern.compile("<th scope=\"row\"><a href=\"[^\"]*\">(\\d+)</a>")
        .matcher(page.body())
        .results()
        .map((MatchResult row) -> row.group(1))
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void a_piece_of_work_shows_all_of_it_and_its_payload_when_asked_for(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      fixture.fill();
      long id = fixture.queue("mail").list(WorkState.DONE, 0, 1).get(0).id();

      String folded = fixture.get("/work?queue=mail&id=" + id).body();
      String shown = fixture.get("/work?queue=mail&id=" + id + "&show=payload").body();
      String result = fixture.get("/work?queue=mail&id=" + id + "&show=result").body();

      assertThat(folded).contains("worker-a", "welcome", "1 of 10", "Show the payload");
      assertThat(folded).doesNotContain("user0@example.com", "sent");
      assertThat(shown).contains("{&quot;to&quot;:&quot;user0@example.com&quot;}");
      assertThat(result).contains("<pre class=\"text\" tabindex=\"0\">sent</pre>");
      assertThat(fixture.get("/work?queue=mail&id=77").status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lease_shows_holder_token_expiry_whom_it_displaced_and_who_was_refused(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      fixture.fill();
      long token = fixture.belay.leases().find("nightly-report").orElseThrow().token();

      String page = fixture.getWith("/leases", "tried to renew or release it after losing it");

      assertThat(page).contains("nightly-report", "host-2/815", ">" + token + "</td>", "in 2 min");
      assertThat(page).contains("host-1/4711</bdi> <span class=\"quiet\">token ");
      assertThat(page).contains("tried to renew or release it after losing it");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_session_shows_its_branches_and_folds_payloads(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      fixture.fill();

      String page = fixture.get("/session?id=chat%2F42").body();

      assertThat(page)
          .contains("chat/42", "Show the state", "<tr class=\"branch\">", ">leaf</span>");
      assertThat(page).doesNotContain("fencing token", "curious");
      assertThat(fixture.get("/session?id=chat%2F42&show=state").body()).contains("curious");
      assertThat(fixture.get("/event?session=chat%2F42&seq=1").body()).contains("fencing token");
      assertThat(fixture.get("/event?session=chat%2F42&seq=99").status()).isEqualTo(404);
      assertThat(fixture.get("/session?id=none").status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @EnumSource
  void events_name_what_happened_in_the_process(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      fixture.fill();

      String page = fixture.getWith("/events", "after losing it");

      assertThat(page)
          .contains("taken over by host-2/815", "It displaced host-1/4711")
          .contains("ended in a dead letter", "failed; it will be tried again");
      assertThat(fixture.get("/events?tone=STALE").body())
          .contains("after losing it")
          .doesNotContain("taken over");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_dashboard_from_outside_shows_differences_and_says_what_it_cannot_see(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      BelayDashboard outside = BelayDashboard.of(fixture.belay, Access.WRITE);
      fixture.fill();

      String overview = outside.handle(Fixture.request("GET", "/", Access.READ)).body();
      String leases = outside.handle(Fixture.request("GET", "/leases", Access.READ)).body();

      assertThat(overview).contains("Since this dashboard started", "<dt>Done</dt><dd>+3<");
      assertThat(overview).contains("seen only from inside");
      assertThat(leases).contains("seen only from inside");
    }
  }
}
