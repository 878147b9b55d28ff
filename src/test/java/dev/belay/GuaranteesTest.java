package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The documents name tests that exist, and every guarantee names one.
 *
 * <p>Goal: no promise outlives its proof. Method: {@code `LeaseTest`} and {@code
 * `LeaseTest.a_lease_is_free`} in the text are looked up in the test sources; each body row of a
 * table in GUARANTEES holds one at least. Each engine has a column: what holds there without a test
 * in its cell needs one in its row that runs on that engine.
 */
class GuaranteesTest {
  private static final String GUARANTEES = "docs/GUARANTEES.md";

  private static final Pattern TEST_NAME =
      Pattern.compile("`([A-Z]\\w*Test)(?:[.#](\\w+))?(?:\\(\\))?`");
  private static final Pattern BODY_ROW =
      Pattern.compile("^\\|(?![ :|-]+$)(?!.*\\n\\|[ :|-]+$).*$", Pattern.MULTILINE);

  /** What holds, a cell for each engine, what proves it. */
  private static final Pattern OF_ENGINES =
      Pattern.compile("^\\| .* \\| ([^|]*) \\| ([^|]*) \\| ([^|]*) \\|$");

  private static final Pattern CELL =
      Pattern.compile("holds|holds: .*`.*|differs: .+|void|untested", Pattern.DOTALL);

  private static final List<SourceFile> TESTS =
      Stream.of("src/test/java", "tools", "adapters")
          .flatMap(folder -> SourceFile.javaUnder(folder).stream())
          .toList();

  @Test
  void every_guarantee_names_a_test() {
    List<String> rows = rows(SourceFile.at(GUARANTEES).text());

    assertThat(rows).isNotEmpty();
    assertThat(rows).allMatch(row -> TEST_NAME.matcher(row).find());
  }

  @Test
  void every_engine_says_of_each_guarantee_whether_it_holds() {
    List<String> rows = rows(SourceFile.at(GUARANTEES).text());
    List<String> ofEngines =
        rows.stream().filter(row -> OF_ENGINES.matcher(row).matches()).toList();

    assertThat(ofEngines).hasSizeGreaterThan(100);
    assertThat(ofEngines).allMatch(GuaranteesTest::isProved);
  }

  @Test
  void cells_without_a_proof_are_noticed() {
    assertThat(
            List.of(
                "| a | holds | holds | `OpenPostgresTest` |",
                "| a | holds | holds | `LeasesTest` |",
                "| a | holds | void | `LockWaitTest` |",
                "| a | holds | differs: b: `JoinTest` | `LockWaitTest` |",
                "| a | void | holds: `JoinTest` | `LockWaitTest` |"))
        .allMatch(GuaranteesTest::isProved);
    assertThat(
            List.of(
                "| a | holds | holds | `LockWaitTest` |",
                "| a | holds | differs: b | `LockWaitTest` |",
                "| a | holds | maybe | `LeasesTest` |",
                "| a | | void | `LeasesTest` |"))
        .noneMatch(GuaranteesTest::isProved);
  }

  private static boolean isProved(String row) {
    Matcher cells = OF_ENGINES.matcher(row);
    return cells.matches()
        && CELL.matcher(cells.group(1)).matches()
        && CELL.matcher(cells.group(2)).matches()
        && isProvedOnPostgres(cells.group(2), cells.group(3));
  }

  private static boolean isProvedOnPostgres(String cell, String tests) {
    return switch (cell) {
      case "void", "untested" -> true;
      case "holds" ->
          TEST_NAME.matcher(tests).results().anyMatch(name -> runsOnPostgres(name.group(1)));
      default -> TEST_NAME.matcher(cell).find();
    };
  }

  private static boolean runsOnPostgres(String className) {
    return TESTS.stream()
        .filter(file -> file.fileName().equals(className + ".java"))
        .anyMatch(
            file ->
                file.text().contains("@OnEachForm")
                    || file.relative().contains("/kit/")
                    || file.relative().contains("/postgres/"));
  }

  @Test
  void every_test_that_a_document_names_exists() {
    List<SourceFile> documents = new ArrayList<>(SourceFile.under("docs", ".md"));
    documents.add(SourceFile.at("README.md"));
    documents.add(SourceFile.at("CONTRIBUTING.md"));
    for (SourceFile document : documents) {
      assertThat(missing(document.text())).as(document.relative()).isEmpty();
    }
  }

  @Test
  void names_without_a_test_are_noticed() {
    assertThat(missing("`GuaranteesTest` `GuaranteesTest#names_without_a_test_are_noticed`"))
        .isEmpty();
    assertThat(missing("`NoSuchTest` and `GuaranteesTest.no_such_method`"))
        .containsExactly("`NoSuchTest`", "`GuaranteesTest.no_such_method`");
    assertThat(rows("| what | test |\n|---|---|\n| a | `B` |\n")).containsExactly("| a | `B` |");
  }

  private static List<String> rows(String text) {
    return BODY_ROW.matcher(text).results().map(MatchResult::group).toList();
  }

  private static List<String> missing(String text) {
    List<String> missing = new ArrayList<>();
    for (MatchResult name : TEST_NAME.matcher(text).results().toList()) {
      if (!exists(name.group(1), name.group(2))) {
        missing.add(name.group());
      }
    }
    return missing;
  }

  private static boolean exists(String className, @Nullable String method) {
    return TESTS.stream()
        .filter(file -> file.fileName().equals(className + ".java"))
        .anyMatch(file -> method == null || file.text().matches(declarationOf(method)));
  }

  private static String declarationOf(String method) {
    return "(?s).*\\b(?:void|boolean) " + method + "\\(.*";
  }
}
