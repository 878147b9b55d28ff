package dev.belay.benchmarks;

import dev.belay.benchmarks.peer.QuietLog;
import dev.belay.benchmarks.report.Charts;
import dev.belay.benchmarks.report.Machine;
import dev.belay.benchmarks.report.RatioTable;
import dev.belay.benchmarks.report.Results;
import dev.belay.benchmarks.report.Samples;
import dev.belay.benchmarks.report.Versions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Asks every question round by round, prints the ratios, and keeps the results and their charts.
 * Belongs to one thread.
 */
@Command(
    name = "RunBenchmarks",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures Belay beside its peers.")
public final class RunBenchmarks implements Callable<Integer> {
  private static final Pattern ALL = Pattern.compile("");

  @Spec private CommandSpec spec;

  @Option(
      names = "--effort",
      defaultValue = "FULL",
      description = "smoke, quick or full (default): how long each figure is measured.")
  private Effort effort = Effort.FULL;

  @Option(
      names = "--rounds",
      description = "How many rounds; 0 (default): as many as each question wants.")
  private int rounds;

  @Option(names = "--only", description = "Only the questions whose name matches this regex.")
  private Pattern only = ALL;

  @Option(
      names = "--settings",
      description = "Only the settings that match, where a question can be narrowed.")
  private Pattern settings = ALL;

  @Option(
      names = "--peers",
      description = "Only the base and the peers that match, where a question can be narrowed.")
  private Pattern peers = ALL;

  @Option(names = "--results", defaultValue = "results", description = "Where they are kept.")
  private Path folder = Path.of("results");

  @Option(
      names = "--charts",
      paramLabel = "FILE",
      description = "Measures nothing: prints and draws what this file of results says.")
  private Path redrawn;

  @Option(names = "--list", description = "Prints the names of the questions.")
  private boolean list;

  /** The command line; see {@code --help}. */
  public static void main(String[] arguments) {
    QuietLog.warningsOnly();
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new RunBenchmarks()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public Integer call() throws Exception {
    if (list) {
      AllQuestions.list().forEach(question -> System.out.println(question.name()));
      return 0;
    }
    if (redrawn != null) {
      show(Results.read(redrawn), redrawn.toAbsolutePath().getParent());
      return 0;
    }
    Files.createDirectories(folder);
    Results results = measure();
    results.write(folder.resolve(results.date() + ".json"));
    show(results, folder);
    return 0;
  }

  private Results measure() throws Exception {
    List<Question> questions = questions();
    int count = questions.stream().mapToInt(this::rounds).max().orElseThrow();
    Samples samples = new Samples();
    for (int round = 0; round < count; round++) {
      for (Question question : questions) {
        if (round < rounds(question)) {
          ask(question, round, samples);
        }
      }
    }
    return results(questions, count, samples);
  }

  private int rounds(Question question) {
    return rounds > 0 ? rounds : question.rounds(effort);
  }

  private void ask(Question question, int round, Samples samples) throws Exception {
    System.out.printf(
        Locale.ROOT, "round %d of %d: %s%n", round + 1, rounds(question), question.name());
    long start = System.nanoTime();
    question.ask(round, effort, samples);
    System.out.printf(Locale.ROOT, "  took %.1f s%n", (System.nanoTime() - start) / 1e9);
  }

  private List<Question> questions() {
    Predicate<String> setting = settings.asPredicate();
    Predicate<String> peer = peers.asPredicate();
    List<Question> questions =
        AllQuestions.list().stream()
            .filter(question -> only.matcher(question.name()).find())
            .map(question -> question.narrowed(setting, peer))
            .toList();
    if (questions.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "no question's name matches " + only);
    }
    return questions;
  }

  private Results results(List<Question> questions, int count, Samples samples)
      throws IOException, SQLException {
    Map<String, String> bases = new LinkedHashMap<>();
    questions.forEach(question -> bases.put(question.name(), question.base()));
    return new Results(
        LocalDate.now().toString(),
        effort.name().toLowerCase(Locale.ROOT),
        count,
        Machine.here(),
        Versions.used(),
        bases,
        samples.all());
  }

  private static void show(Results results, Path folder) throws IOException {
    System.out.println(RatioTable.of(results));
    Charts.draw(results, folder);
  }
}
