package dev.belay.benchmarks;

import dev.belay.benchmarks.peer.QuietLog;
import dev.belay.benchmarks.report.Charts;
import dev.belay.benchmarks.report.GrowthTable;
import dev.belay.benchmarks.report.RatioTable;
import dev.belay.benchmarks.report.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    Rounds run = new Rounds(questions(), effort, rounds);
    show(run.ask(folder), folder);
    run.failed().forEach(each -> System.err.println("failed: " + each));
    return run.failed().isEmpty() ? 0 : CommandLine.ExitCode.SOFTWARE;
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

  private static void show(Results results, Path folder) throws IOException {
    System.out.println(RatioTable.of(results));
    System.out.println(GrowthTable.of(results.growth()));
    Charts.draw(results, folder);
  }
}
