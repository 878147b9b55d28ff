package dev.belay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The stored text of a handler's error. */
class ErrorTextTest {
  @Test
  void the_chain_of_causes_is_kept_one_a_line() {
    Throwable thrown =
        new IllegalStateException(
            "cannot pay", new IOException("connection reset", new ArithmeticException()));

    assertThat(ErrorText.of(thrown))
        .isEqualTo(
            """
            java.lang.IllegalStateException: cannot pay
            caused by java.io.IOException: connection reset
            caused by java.lang.ArithmeticException""");
  }

  @Test
  void a_circle_of_causes_ends() {
    Exception first = new Exception("first");
    first.initCause(new Exception("second", first));

    assertThat(ErrorText.of(first))
        .isEqualTo("java.lang.Exception: first\ncaused by java.lang.Exception: second");
  }

  @Test
  void the_text_is_cut_at_its_limit_in_code_points() {
    String text = ErrorText.of(new Exception("\ud83d\ude00".repeat(WorkQueue.ERROR_MAX)));

    assertThat(text.codePointCount(0, text.length())).isEqualTo(WorkQueue.ERROR_MAX);
    assertThat(text).endsWith("\ud83d\ude00");
  }

  @Test
  void what_no_store_keeps_is_replaced() {
    assertThat(ErrorText.of(new Exception("a\0b\ud83d")))
        .isEqualTo("java.lang.Exception: a\ufffdb\ufffd");
  }

  @Test
  void a_failure_that_cannot_tell_its_message_or_cause_is_kept_all_the_same() {
    Exception mute =
        new Exception() {
          private static final long serialVersionUID = 1L;

          @Override
          public String getMessage() {
            throw new IllegalStateException();
          }

          @Override
          public synchronized Throwable getCause() {
            throw new IllegalStateException();
          }
        };

    assertThat(ErrorText.of(mute))
        .isEqualTo(
            mute.getClass().getName() + ": (getMessage() threw java.lang.IllegalStateException)");
  }
}
