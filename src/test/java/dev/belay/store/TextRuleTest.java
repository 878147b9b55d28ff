package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

/** The edges of the rule, each from both sides. */
class TextRuleTest {
  private static final String EMOJI = "\uD83D\uDE80";

  @Test
  void an_id_has_1_to_1000_code_points() {
    assertThat(TextRule.id("id", "a")).isEqualTo("a");
    assertThat(TextRule.id("id", "a".repeat(1000))).hasSize(1000);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextRule.id("lane", "a".repeat(1001)))
        .withMessage("lane is longer than 1000 code points");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextRule.id("lane", ""))
        .withMessage("lane is empty");
  }

  @Test
  void an_emoji_counts_as_one_code_point() {
    assertThat(TextRule.type("type", EMOJI.repeat(255))).hasSize(510);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextRule.type("type", EMOJI.repeat(255) + "a"));
    assertThatIllegalArgumentException().isThrownBy(() -> TextRule.type("type", EMOJI.repeat(256)));
  }

  @Test
  void an_id_has_up_to_2000_bytes_and_a_queue_up_to_255() {
    assertThat(TextRule.id("id", EMOJI.repeat(500))).hasSize(1000);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextRule.id("id", EMOJI.repeat(500) + "a"))
        .withMessage("id is longer than 2000 bytes of UTF-8");
    assertThat(TextRule.id("id", "\u20ac".repeat(666))).hasSize(666);
    assertThatIllegalArgumentException().isThrownBy(() -> TextRule.id("id", "\u20ac".repeat(667)));
    assertThat(TextRule.queue("queue", "\u20ac".repeat(85))).hasSize(85);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextRule.queue("queue", "\u20ac".repeat(85) + "a"))
        .withMessage("queue is longer than 255 bytes of UTF-8");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextRule.queue("queue", "a".repeat(256)))
        .withMessage("queue is longer than 255 code points");
  }

  @Test
  void a_type_has_1_to_255_code_points() {
    assertThat(TextRule.type("type", "a".repeat(255))).hasSize(255);
    assertThatIllegalArgumentException().isThrownBy(() -> TextRule.type("type", "a".repeat(256)));
  }

  @Test
  void a_body_may_be_empty_and_has_up_to_64_mib_of_utf_8() {
    assertThat(TextRule.body("payload", "")).isEmpty();
    String full = "a".repeat(TextRule.BODY_BYTES_MAX);
    assertThat(TextRule.body("payload", full)).isSameAs(full);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextRule.body("payload", full + "a"))
        .withMessage("payload is longer than 67108864 bytes of UTF-8");
  }

  @Test
  void a_body_is_measured_in_bytes_not_chars() {
    String full = "\u00e9".repeat(TextRule.BODY_BYTES_MAX / 2);
    assertThat(TextRule.body("payload", full)).isSameAs(full);
    assertThatIllegalArgumentException().isThrownBy(() -> TextRule.body("payload", full + "a"));
  }

  @Test
  void an_unpaired_surrogate_is_refused_with_its_place() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextRule.body("payload", "secret\uD83D"))
        .withMessage("payload has an unpaired surrogate at index 6");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextRule.body("payload", "\uD83Dx"))
        .withMessage("payload has an unpaired surrogate at index 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextRule.id("id", EMOJI + "\uDE80"))
        .withMessage("id has an unpaired surrogate at index 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextRule.body("payload", "\uD83D\uD83D\uDE80"))
        .withMessage("payload has an unpaired surrogate at index 0");
  }

  @Test
  void a_nul_is_refused_with_its_place() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextRule.body("payload", "secret\0"))
        .withMessage("payload has a NUL at index 6");
  }

  @Test
  void null_is_refused_by_name() {
    assertThatNullPointerException()
        .isThrownBy(() -> TextRule.id("holder", sneakyNull()))
        .withMessage("holder");
    assertThatNullPointerException()
        .isThrownBy(() -> TextRule.body("payload", sneakyNull()))
        .withMessage("payload");
  }

  @SuppressWarnings("NullAway") // what a caller without null checks may pass
  private static String sneakyNull() {
    return null;
  }
}
