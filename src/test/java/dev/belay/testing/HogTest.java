package dev.belay.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Goal: a load runs until it is closed, and no longer. */
class HogTest {
  @Test
  void a_hog_runs_until_it_is_closed() {
    Hog hog = Hog.ofTwiceTheProcessors();
    assertThat(hog.running()).isEqualTo(2 * Runtime.getRuntime().availableProcessors());

    hog.close();

    assertThat(hog.running()).isZero();
  }
}
