package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page of the documents, for the tests that hold it to the sources. */
record Document(SourceFile file) {
  private static final Pattern BLOCK =
      Pattern.compile(
          "(?:^<!-- tested: ([\\w./-]+)#([\\w-]+) -->\\n)?^```(\\w*)\\n(.*?)^```$",
          Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("^#+ +(.*)$", Pattern.MULTILINE);

  /**
   * A block of code.
   *
   * @param source the file that the line above the block names, empty if there is none
   * @param snippet the name of its region there
   * @param language what stands behind the back ticks; commands have none
   */
  record Block(String source, String snippet, String language, String text) {}

  /** README and every page of {@code docs/}. */
  static List<Document> all() {
    List<SourceFile> files = new ArrayList<>(SourceFile.under("docs", ".md"));
    files.add(SourceFile.at("README.md"));
    return files.stream().map(Document::new).toList();
  }

  /** The README of each adapter. */
  static List<Document> ofAdapters() {
    return SourceFile.under("adapters", "README.md").stream()
        .filter(file -> file.relative().split("/").length == 3)
        .map(Document::new)
        .toList();
  }

  /** All of both. */
  static List<Document> ofAllProjects() {
    return Stream.concat(all().stream(), ofAdapters().stream()).toList();
  }

  List<Block> blocksOf(String language) {
    return blocks().stream().filter(block -> block.language().equals(language)).toList();
  }

  List<Block> blocks() {
    return BLOCK
        .matcher(file.text())
        .results()
        .map(
            block ->
                new Block(
                    block.group(1) == null ? "" : block.group(1),
                    block.group(2) == null ? "" : block.group(2),
                    block.group(3),
                    block.group(4)))
        .toList();
  }

  /** What its links point to, but for other sites. */
  List<String> links() {
    return LINK.matcher(file.text())
        .results()
        .map(link -> link.group(1))
        .filter(link -> !link.startsWith("https://"))
        .toList();
  }

  /** What a link to one of its headings says after {@code #}. */
  List<String> anchors() {
    return HEADING
        .matcher(file.text())
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\w -]", "").replace(' ', '-'))
        .toList();
  }

  Stream<String> lines() {
    return file.text().lines();
  }

  /**
   * The lines of {@code source} between {@code snippet: name} and {@code end: name}, each in a
   * comment of its own, without their indentation.
   */
  static String snippet(String source, String name) {
    String mark = "^ *(?://|--|<!--) ";
    Pattern region =
        Pattern.compile(
            mark + "snippet: " + name + "(?: -->)?\\n(.*?)" + mark + "end: " + name + "(?: -->)?$",
            Pattern.DOTALL | Pattern.MULTILINE);
    List<MatchResult> found = region.matcher(source).results().toList();
    assertThat(found).as("snippets named %s", name).hasSize(1);
    // A last line break would count as a line without indentation.
    return found.get(0).group(1).stripTrailing().stripIndent() + "\n";
  }

  @Override
  public String toString() {
    return file.relative();
  }
}
