package dev.belay;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.belay.kit.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Goal: the conformance kit says what holds on every engine, in words that users could have
 * written. Method: what its compiled classes depend on, and every line of its sources.
 */
class KitRulesTest {
  private static final String KIT = "dev.belay.kit..";

  private static final Pattern ONE_ENGINE =
      Pattern.compile(
          "sqlite|\\bPRAGMA\\b|postgres|\\bbelay_\\w+|\\w+Dao\\b", Pattern.CASE_INSENSITIVE);

  @Test
  void the_kit_uses_public_api_only() {
    noClasses()
        .that()
        .resideInAPackage(KIT)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("dev.belay..")
                .and(resideOutsideOfPackage(KIT))
                .and(describe("are not for users", type -> !isForUsers(type))))
        .check(new ClassFileImporter().importPath(SourceFile.ROOT.resolve("target")));
  }

  @Test
  void the_kit_names_no_database() {
    List<String> found = new ArrayList<>();
    for (SourceFile file : SourceFile.javaUnder("src/test/java/dev/belay/kit")) {
      file.text()
          .lines()
          .filter(line -> ONE_ENGINE.matcher(line).find())
          .forEach(line -> found.add(file.relative() + ": " + line.strip()));
    }
    assertThat(found).isEmpty();
  }

  @Test
  void every_promise_has_a_sentence_that_rests_on_it() {
    String kit =
        SourceFile.javaUnder("src/test/java/dev/belay/kit").stream()
            .map(SourceFile::text)
            .collect(Collectors.joining());

    assertThat(Promise.values())
        .allSatisfy(promise -> assertThat(kit).contains("@Promised(Promise." + promise + ")"));
  }

  private static boolean isForUsers(JavaClass type) {
    String name = type.getPackageName();
    return name.equals("dev.belay.testing")
        || List.of(
                "dev.belay",
                "dev.belay.store",
                "dev.belay.session",
                "dev.belay.lease",
                "dev.belay.queue")
            .contains(name);
  }
}
