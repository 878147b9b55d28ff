package dev.belay.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.benchmarks.report.Sample;
import dev.belay.benchmarks.report.Samples;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * No benchmark has rotted.
 *
 * <p>Goal: whoever changes the library learns at once that a benchmark no longer runs. Method:
 * every question is asked with an effort that measures nothing.
 */
class QuestionsSmokeTest {
  static final List<Named> QUESTIONS =
      AllQuestions.list().stream().map(question -> new Named(question)).toList();

  /** Shows a question by its name. */
  record Named(Question question) {
    @Override
    public String toString() {
      return question.name();
    }
  }

  @ParameterizedTest
  @FieldSource("QUESTIONS")
  void a_question_is_answered_for_the_base_and_others(Named named) throws Exception {
    Question question = named.question();
    Samples samples = new Samples();

    question.ask(0, Effort.SMOKE, samples);

    assertThat(samples.all())
        .anySatisfy(sample -> assertThat(sample.peer()).isEqualTo(question.base()))
        .allSatisfy(
            sample -> {
              assertThat(sample.question()).isEqualTo(question.name());
              assertThat(sample.value()).isFinite();
            });
    assertThat(samples.all()).extracting(Sample::round).containsOnly(0);
  }
}
