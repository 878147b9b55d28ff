package dev.belay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.lease.Lease;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkState;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No text of a store becomes markup, hides, or reorders what is around it, and no id is lost.
 *
 * <p>Goal: a writer of names in the store cannot reach the browser of a reader. Method: one text
 * with all that is dangerous, in every place that takes text; then every page is read, and the
 * links and forms that it offers are followed back to the same id.
 */
class MarkupTest {
  private static final String EVIL =
      "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;/a/../?#\u202e\u2066\u200b\n\r\t\u0007\u0085{}";

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void every_text_of_a_store_is_escaped_on_every_page(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      for (String page : evilPages(fixture)) {
        DashboardResponse answer = fixture.get(page);
        assertThat(answer.status()).as(page).isEqualTo(200);
        assertThat(answer.body())
            .as(page)
            .contains("&lt;script&gt;")
            .doesNotContain("<script>", "<img", "onerror=alert(1)>", "\u202e", "\u2066", "\u200b")
            .doesNotContain("\u0007", "\u0085", "\r");
        assertThat(answer.body()).as(page).contains("U+202E");
        assertThat(quotesInTags(answer.body())).as(page).isEmpty();
      }
    }
  }

  /** Tags that an attribute has broken out of. */
  private static List<String> quotesInTags(String body) {
    Pattern tag = Pattern.compile("<[a-z][^>]*>");
    Pattern whole = Pattern.compile("<[a-z][a-z0-9]*(?: [a-zA-Z-]+(?:=\"[^\"<>]*\")?)*/?>");
    return tag.matcher(body)
        .results()
        .map(found -> found.group())
        .filter(found -> !whole.matcher(found).matches())
        .toList();
  }

  /** Fills the store and returns the pages on which its texts are shown. */
  private static List<String> evilPages(Fixture fixture) {
    String evil = encoded(EVIL);
    fixture.queue(EVIL).enqueue(NewWork.of(EVIL).withType(EVIL).withKey(EVIL).withLane(EVIL));
    var claim = fixture.queue(EVIL).claim(EVIL, Fixture.TTL).orElseThrow();
    fixture.queue(EVIL).bury(claim, EVIL);
    Lease lease =
        fixture.belay.leases().acquire(EVIL, EVIL, Duration.ofSeconds(1)).granted().orElseThrow();
    fixture.clock.advance(Duration.ofSeconds(2));
    long token =
        fixture.belay.leases().acquire(EVIL, EVIL, Fixture.TTL).granted().orElseThrow().token();
    fixture.belay.leases().renew(lease, Fixture.TTL);
    fixture
        .belay
        .sessions()
        .commit(SessionCommit.to(EVIL, 0).state(EVIL).append(NewEvent.of(EVIL, EVIL).withId(EVIL)));
    List<String> pages =
        new ArrayList<>(List.of("/", "/queues", "/leases", "/sessions", "/events"));
    String work = "queue=" + evil + "&id=" + claim.workId();
    pages.add("/queue?name=" + evil);
    pages.add("/queue?name=" + evil + "&state=BURIED&type=" + evil + "&lane=" + evil);
    pages.add("/work?" + work + "&show=payload");
    pages.add("/retry?" + work);
    pages.add("/purge?days=1&queue=" + evil);
    pages.add("/release?name=" + evil + "&token=" + token);
    pages.add("/session?id=" + evil + "&show=state");
    pages.add("/event?seq=1&session=" + evil);
    return pages;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource
  void links_and_forms_lead_to_the_same_id_whatever_it_is(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      evilPages(fixture);
      String queue = link(fixture.get("/queues"), "/queue?name=");
      String work = link(fixture.get(queue), "/work?");
      String retry = link(fixture.get(work), "/retry?");
      fixture.confirm(retry);
      assertThat(fixture.queue(EVIL).list(WorkState.READY, 0, 10)).hasSize(1);

      String release = link(fixture.get("/leases"), "/release?");
      fixture.confirm(release);
      assertThat(fixture.belay.leases().find(EVIL)).isEmpty();

      String session = link(fixture.get("/sessions"), "/session?");
      assertThat(fixture.get(session).status()).isEqualTo(200);
      assertThat(fixture.get(link(fixture.get(session), "/event?")).status()).isEqualTo(200);

      // a form that gets a page sends its hidden fields, encoded by the browser
      String hidden =
          Pattern.compile("name=\"name~\" value=\"([^\"]*)\"")
              .matcher(fixture.get(queue).body())
              .results()
              .map(field -> field.group(1))
              .findFirst()
              .orElseThrow();
      DashboardResponse searched =
          fixture.get("/queue?name%7E=" + encoded(hidden) + "&type=" + encoded(EVIL));
      assertThat(searched.body()).contains("/work?");
    }
  }

  private static String link(DashboardResponse page, String start) {
    return Pattern.compile("href=\"(" + Pattern.quote(start) + "[^\"]*)\"")
        .matcher(page.body())
        .results()
        .map(found -> found.group(1).replace("&amp;", "&"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no link " + start + " in " + page.body()));
  }
}
