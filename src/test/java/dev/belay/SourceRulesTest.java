package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What the text of the main sources may not say.
 *
 * <p>Goal: a reader, and one day a second dialect, finds the words of one database in one package
 * and nothing left to do. Method: every line outside {@code dev.belay.sqlite}, comments and strings
 * included, because contracts are written there too.
 */
class SourceRulesTest {
  private static final int LINES_MAX = 300;

  /** A facade is a table of contents: one verb or option, one line of code. */
  private static final Set<String> FACADES =
      Set.of("Belay.java", "BelayOptions.java", "Leases.java", "Sessions.java", "WorkQueue.java");

  private static final List<SourceFile> MAIN = SourceFile.javaUnder("src/main/java");

  private static final Pattern STATEMENTS_OF_ONE_DATABASE =
      Pattern.compile("\\bPRAGMA\\b|SQLITE_|BEGIN IMMEDIATE|\\b_?rowid\\b|sqlite_\\w+");
  private static final Pattern ITS_NAME = Pattern.compile("sqlite", Pattern.CASE_INSENSITIVE);

  private static final Pattern POSTGRES =
      Pattern.compile(
          "postgres|\\bpg_\\w+|SKIP LOCKED|FOR (NO KEY )?UPDATE", Pattern.CASE_INSENSITIVE);

  /** Imports of and links to our own package; what they name is flagged where it is used. */
  private static final Pattern OUR_PACKAGE =
      Pattern.compile("dev\\.belay\\.(sqlite|postgres)[.\\w]*");

  private static final Pattern LEFT_UNDONE = Pattern.compile("\\b(TODO|FIXME|XXX|HACK)\\b");
  private static final Pattern PRINTED =
      Pattern.compile("System\\.(out|err)\\b|\\.printStackTrace\\(");

  @Test
  void statements_of_sqlite_are_written_in_its_package_only() {
    assertThat(lines(STATEMENTS_OF_ONE_DATABASE, file -> !isSqlite(file))).isEmpty();
  }

  @Test
  void sqlite_is_named_in_its_package_where_it_is_assembled_and_in_package_docs_only() {
    assertThat(lines(ITS_NAME, file -> !isSqlite(file) && !isAssembly(file) && !isPackageDoc(file)))
        .isEmpty();
  }

  @Test
  void postgresql_is_named_in_its_package_where_it_is_assembled_and_in_package_docs_only() {
    assertThat(
            lines(POSTGRES, file -> !isPostgres(file) && !isAssembly(file) && !isPackageDoc(file)))
        .isEmpty();
  }

  @Test
  void nothing_is_left_undone_or_printed() {
    assertThat(lines(LEFT_UNDONE, file -> true)).isEmpty();
    assertThat(lines(PRINTED, file -> true)).isEmpty();
  }

  @Test
  void no_file_is_past_the_length_that_can_be_read_at_once() {
    assertThat(MAIN)
        .filteredOn(file -> !FACADES.contains(file.fileName()))
        .allSatisfy(
            file ->
                assertThat(file.text().lines().count())
                    .as("%s: split it by idea", file.relative())
                    .isLessThanOrEqualTo(LINES_MAX));
  }

  private static List<String> lines(Pattern pattern, Predicate<SourceFile> where) {
    List<String> found = new ArrayList<>();
    for (SourceFile file : MAIN) {
      if (where.test(file)) {
        List<String> lines = file.text().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
          String line = OUR_PACKAGE.matcher(lines.get(i)).replaceAll("");
          if (pattern.matcher(line).find()) {
            found.add(file.relative() + ":" + (i + 1) + ": " + lines.get(i).strip());
          }
        }
      }
    }
    return found;
  }

  private static boolean isSqlite(SourceFile file) {
    return file.relative().startsWith("src/main/java/dev/belay/sqlite/");
  }

  private static boolean isPostgres(SourceFile file) {
    return file.relative().startsWith("src/main/java/dev/belay/postgres/");
  }

  private static boolean isAssembly(SourceFile file) {
    return file.relative().equals("src/main/java/dev/belay/Belay.java");
  }

  private static boolean isPackageDoc(SourceFile file) {
    return file.fileName().equals("package-info.java");
  }
}
