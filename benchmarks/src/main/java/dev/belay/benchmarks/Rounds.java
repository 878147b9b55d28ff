package dev.belay.benchmarks;

import dev.belay.benchmarks.report.Growth;
import dev.belay.benchmarks.report.Machine;
import dev.belay.benchmarks.report.Results;
import dev.belay.benchmarks.report.Samples;
import dev.belay.benchmarks.report.Versions;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Asks questions round by round. Belongs to one thread.
 *
 * <p>The results are kept after every question, so that a run that is killed keeps what it has
 * found. A question that fails is told, and the others are asked all the same.
 */
final class Rounds {
  private final List<Question> questions;
  private final Effort effort;
  private final int rounds;
  private final int count;
  private final String date = LocalDate.now().toString();
  private final Machine machine;
  private final Map<String, String> versions;
  private final Map<String, String> bases = new LinkedHashMap<>();
  private final Map<String, List<String>> sizes = new LinkedHashMap<>();
  private final Samples samples = new Samples();
  private final List<String> failed = new ArrayList<>();

  /**
   * @param rounds 0 for as many as each question wants
   */
  Rounds(List<Question> questions, Effort effort, int rounds) throws IOException, SQLException {
    this.questions = questions;
    this.effort = effort;
    this.rounds = rounds;
    count = questions.stream().mapToInt(this::rounds).max().orElseThrow();
    machine = Machine.here();
    versions = Versions.used();
    questions.forEach(question -> bases.put(question.name(), question.base()));
    questions.forEach(question -> sizes.put(question.name(), question.sizes()));
  }

  /** Asks them all and keeps the results in {@code folder}, over what was there of the same day. */
  Results ask(Path folder) throws IOException {
    Path file = folder.resolve(date + ".json");
    for (int round = 0; round < count; round++) {
      for (Question question : questions) {
        if (round < rounds(question)) {
          ask(question, round);
          results().write(file);
        }
      }
    }
    return results();
  }

  /** Which question failed in which round. */
  List<String> failed() {
    return List.copyOf(failed);
  }

  private int rounds(Question question) {
    return rounds > 0 ? rounds : question.rounds(effort);
  }

  private void ask(Question question, int round) {
    String asked =
        String.format(
            Locale.ROOT, "round %d of %d: %s", round + 1, rounds(question), question.name());
    System.out.println(asked);
    long start = System.nanoTime();
    try {
      question.ask(round, effort, samples);
      versions.putAll(question.versions());
    } catch (Exception | LinkageError e) {
      failed.add(asked);
      System.err.println(asked + " failed");
      e.printStackTrace();
    }
    System.out.printf(Locale.ROOT, "  took %.1f s%n", (System.nanoTime() - start) / 1e9);
  }

  private Results results() {
    return new Results(
        date,
        effort.name().toLowerCase(Locale.ROOT),
        count,
        machine,
        versions,
        bases,
        samples.all(),
        Growth.of(sizes, samples.all()));
  }
}
