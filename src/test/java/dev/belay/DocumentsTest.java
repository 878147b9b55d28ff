package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Document.Block;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The documents are short, their links lead somewhere, and their code is a tested file.
 *
 * <p>Goal: what a newcomer copies compiles, runs and passes. Method: above each block of code
 * stands {@code <!-- tested: File.java#name -->}; the block equals what stands in that file between
 * the comments {@code snippet: name} and {@code end: name}, without its indentation. The file is
 * one of {@code src/test/java/dev/belay/examples}, or has a path. Commands have no language and are
 * not compared here.
 */
class DocumentsTest {
  private static final int LINES_MAX = 150;
  private static final int README_LINES_MAX = 170;
  private static final int ADAPTER_LINES_MAX = 90;
  private static final Pattern ARTIFACT = Pattern.compile("<artifactId>([^<]+)<");
  private static final Pattern VERSION = Pattern.compile("<version>([^<]+)<");
  private static final String EXAMPLES = "src/test/java/dev/belay/examples/";

  /** Adapters with more than a screen: a table of meters, and of properties. */
  private static final Map<String, Integer> ADAPTER_LINES =
      Map.of("adapters/micrometer/README.md", 105, "adapters/spring-boot-starter/README.md", 130);

  /** Read by who changes Belay, a section at a time. */
  private static final Set<String> LONGER = Set.of("docs/DESIGN.md", "docs/GUARANTEES.md");

  @Test
  void every_page_can_be_read_in_one_go() {
    for (Document page : Document.all()) {
      String name = page.toString();
      if (!LONGER.contains(name)) {
        int max = name.equals("README.md") ? README_LINES_MAX : LINES_MAX;
        assertThat(page.lines().count()).as(name).isLessThanOrEqualTo(max);
      }
    }
    for (Document page : Document.ofAdapters()) {
      int max = ADAPTER_LINES.getOrDefault(page.toString(), ADAPTER_LINES_MAX);
      assertThat(page.lines().count()).as(page.toString()).isLessThanOrEqualTo(max);
    }
  }

  @Test
  void every_block_of_code_equals_its_tested_snippet() {
    for (Document page : Document.all()) {
      for (Block block : page.blocks()) {
        if (!block.language().isEmpty()) {
          assertTested(page, block);
        }
      }
    }
    for (Document page : Document.ofAdapters()) {
      List<Block> code = page.blocksOf("java");
      assertThat(code).as(page.toString()).isNotEmpty();
      code.forEach(block -> assertTested(page, block));
    }
  }

  private static void assertTested(Document page, Block block) {
    assertThat(block.source()).as("%s: untested block:%n%s", page, block.text()).isNotEmpty();
    assertThat(block.text()).as("in %s", page).isEqualTo(source(block));
  }

  @Test
  void every_adapters_readme_has_its_dependency() {
    assertThat(Document.ofAdapters()).hasSizeGreaterThan(5);
    for (Document page : Document.ofAdapters()) {
      String pom = SourceFile.at(page.toString().replace("README.md", "pom.xml")).text();
      String artifact = first(ARTIFACT, pom.substring(pom.indexOf("</parent>")));
      String version = first(VERSION, pom);
      List<String> dependency =
          page.blocksOf("xml").get(0).text().lines().map(String::strip).toList();

      assertThat(dependency)
          .as(page.toString())
          .contains("<groupId>dev.belay</groupId>", "<artifactId>" + artifact + "</artifactId>")
          .filteredOn(line -> line.startsWith("<version>"))
          .isSubsetOf("<version>" + version + "</version>"); // belay-bom has it too
    }
  }

  private static String first(Pattern pattern, String text) {
    return pattern.matcher(text).results().findFirst().orElseThrow().group(1);
  }

  @Test
  void every_link_leads_somewhere() {
    List<String> broken = new ArrayList<>();
    for (Document page : Document.ofAllProjects()) {
      page.links().stream()
          .filter(link -> !leadsSomewhere(page, link))
          .forEach(link -> broken.add(page + ": " + link));
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void the_readme_leads_to_every_page() {
    List<String> linked = new Document(SourceFile.at("README.md")).links();
    for (SourceFile page : SourceFile.under("docs", ".md")) {
      assertThat(linked).contains(page.relative());
    }
  }

  @Test
  void what_is_wrong_is_noticed() {
    String source = "class A {\n  // snippet: b\n  int c;\n\n    int d;\n  // end: b\n}\n";
    assertThat(Document.snippet(source, "b")).isEqualTo("int c;\n\n  int d;\n");
    assertThat(Document.snippet("  <!-- snippet: e -->\n  <f/>\n  <!-- end: e -->\n", "e"))
        .isEqualTo("<f/>\n");

    Document page = page("# A b-c, d\n[e](#a-b-c-d) [f](#g) [h](NONE.md)\n```java\nint i;\n```\n");
    assertThat(page.links()).containsExactly("#a-b-c-d", "#g", "NONE.md");
    assertThat(page.links().stream().filter(link -> leadsSomewhere(page, link)))
        .containsExactly("#a-b-c-d");
    assertThat(page.blocks()).containsExactly(new Block("", "", "java", "int i;\n"));
  }

  private static Document page(String text) {
    return new Document(new SourceFile(SourceFile.ROOT.resolve("docs/PAGE.md"), text));
  }

  private static String source(Block block) {
    String path = block.source().contains("/") ? block.source() : EXAMPLES + block.source();
    return Document.snippet(SourceFile.at(path).text(), block.snippet());
  }

  private static boolean leadsSomewhere(Document page, String link) {
    String[] parts = link.split("#", 2);
    Path folder = Objects.requireNonNull(page.file().path().getParent());
    Path target = parts[0].isEmpty() ? page.file().path() : folder.resolve(parts[0]).normalize();
    if (parts.length == 1) {
      return Files.exists(target);
    }
    Document to = parts[0].isEmpty() ? page : documentAt(target);
    return to.anchors().contains(parts[1]);
  }

  private static Document documentAt(Path path) {
    return new Document(SourceFile.at(SourceFile.ROOT.relativize(path).toString()));
  }
}
