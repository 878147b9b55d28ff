package dev.belay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.queue.NewWork;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host decides how its texts are shown, and a long text does not make a long page. */
class PayloadTextTest {
  @TempDir Path folder;

  private static String page(BelayDashboard dashboard, long id) {
    String target = "/work?queue=q&show=payload&id=" + id;
    return dashboard.handle(Fixture.request("GET", target, Access.READ)).body();
  }

  @Test
  void a_host_replaces_texts_and_what_it_gives_is_escaped() {
    try (Fixture fixture = new Fixture(TestStores.SQLITE, folder)) {
      long id = fixture.buried("q", NewWork.of("secret"), "failed with secret");

      String replaced =
          page(
              fixture.dashboard.withPayloadText(
                  (source, owner, text) -> "<" + source + " of " + owner + ">"),
              id);
      String hidden = page(fixture.dashboard.withPayloadText(PayloadText.hidden()), id);

      assertThat(replaced)
          .contains("&lt;WORK_PAYLOAD of q&gt;", "&lt;WORK_ERROR of q&gt;")
          .doesNotContain("secret");
      assertThat(hidden).contains("hidden: 6 characters").doesNotContain("secret");
    }
  }

  @Test
  void a_text_is_not_shown_if_the_host_fails() {
    try (Fixture fixture = new Fixture(TestStores.SQLITE, folder)) {
      long id = fixture.buried("q", NewWork.of("secret"), "secret");

      String page =
          page(
              fixture.dashboard.withPayloadText(
                  (source, owner, text) -> {
                    throw new IllegalStateException("no rule");
                  }),
              id);

      assertThat(page).contains("This text cannot be shown.").doesNotContain("secret");
    }
  }

  @Test
  void a_long_text_is_cut_between_characters() {
    try (Fixture fixture = new Fixture(TestStores.SQLITE, folder)) {
      String climber = Character.toString(0x1f9d7);
      long id = fixture.buried("q", NewWork.of("x" + climber.repeat(Show.TEXT_MAX)), "boom");

      String page = page(fixture.dashboard, id);

      assertThat(page.length()).isLessThan(Show.TEXT_MAX + 20_000);
      assertThat(page).contains("262,143 of 524,289 characters are shown.");
      assertThat(page).doesNotContain("U+D83E");
    }
  }
}
