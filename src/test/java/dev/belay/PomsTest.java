package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The POMs agree with each other.
 *
 * <p>Goal: a release, or a newer library, is entered everywhere or the build says where not.
 * Method: the texts. The projects have no common parent, so that each builds by itself.
 */
class PomsTest {
  private static final List<String> POMS =
      List.of(
          "pom.xml",
          "all/pom.xml",
          "benchmarks/pom.xml",
          "conformance/pom.xml",
          "conformance/example/pom.xml",
          "adapters/pom.xml",
          "adapters/adk/pom.xml",
          "adapters/bom/pom.xml",
          "adapters/micrometer/pom.xml",
          "adapters/parent/pom.xml",
          "adapters/spring-boot-starter/pom.xml",
          "adapters/testing/pom.xml",
          "adapters/shedlock/pom.xml",
          "adapters/langchain4j/pom.xml",
          "adapters/spring-ai/pom.xml",
          "tools/pom.xml",
          "tools/cli/pom.xml",
          "tools/dashboard/pom.xml",
          "src/test/outside/pom.xml");

  private static final Pattern BELAY =
      Pattern.compile(
          "<groupId>dev\\.belay</groupId>\\s*<artifactId>[\\w-]+</artifactId>"
              + "\\s*<version>(?!\\$)([^<]+)</version>");
  private static final Pattern PROPERTY =
      Pattern.compile("<([\\w.-]+\\.version)>(?!\\$)([^<]+)</\\1>");
  private static final Pattern PLUGIN =
      Pattern.compile(
          "<artifactId>([\\w-]+-maven-plugin|maven-[\\w-]+-plugin)</artifactId>"
              + "\\s*<version>([^<]+)</version>");

  @Test
  void every_project_has_the_same_version() {
    List<String> versions = new ArrayList<>();
    for (String pom : POMS) {
      List<String> found =
          BELAY.matcher(SourceFile.at(pom).text()).results().map(at -> at.group(1)).toList();
      assertThat(found).as(pom).isNotEmpty();
      versions.addAll(found);
    }
    assertThat(versions).containsOnly(versions.get(0));
  }

  @Test
  void libraries_have_one_version() {
    assertThat(differences(PROPERTY)).isEmpty();
  }

  @Test
  void plugins_have_one_version() {
    assertThat(differences(PLUGIN)).isEmpty();
  }

  /** What has another version than in a POM before, as a sentence each. */
  private static List<String> differences(Pattern nameAndVersion) {
    Map<String, String> seen = new HashMap<>();
    List<String> different = new ArrayList<>();
    for (String pom : POMS) {
      String text = SourceFile.at(pom).text();
      for (MatchResult found : nameAndVersion.matcher(text).results().toList()) {
        // What only a profile sets is that profile's choice.
        if (found.start() < (text + "<profiles>").indexOf("<profiles>")) {
          String before = seen.putIfAbsent(found.group(1), found.group(2));
          if (before != null && !before.equals(found.group(2))) {
            different.add(
                pom + ": " + found.group(1) + " is " + found.group(2) + ", not " + before);
          }
        }
      }
    }
    assertThat(seen).isNotEmpty();
    return different;
  }
}
