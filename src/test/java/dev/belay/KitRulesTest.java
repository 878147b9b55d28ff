package dev.belay;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.belay.kit.Promise;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Goal: the conformance kit says what holds on every engine, in words that users could have
 * written. Method: what its compiled classes depend on, and every line of its sources.
 */
class KitRulesTest {
  private static final String KIT = "dev.belay.kit..";
  private static final String TESTING = "dev.belay.testing";

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
  void what_the_kit_uses_is_packed_with_it() {
    String packed = SourceFile.at("conformance/pom.xml").text();
    Set<JavaClass> used = new LinkedHashSet<>();
    new ClassFileImporter()
        .importPath(SourceFile.ROOT.resolve("target"))
        .that(resideInAPackage(KIT))
        .forEach(type -> addUsed(type, used));

    assertThat(used)
        .isNotEmpty()
        .allSatisfy(type -> assertThat(packed).contains("<include>" + source(type) + "</include>"));
  }

  /** The types of {@code dev.belay.testing} that {@code type} uses, and what these use. */
  private static void addUsed(JavaClass type, Set<JavaClass> used) {
    type.getDirectDependenciesFromSelf().stream()
        .map(dependency -> dependency.getTargetClass().getBaseComponentType())
        .filter(target -> target.getPackageName().equals(TESTING))
        .filter(used::add)
        .forEach(target -> addUsed(target, used));
  }

  /** The path of the file that declares {@code type} or the class around it. */
  private static String source(JavaClass type) {
    return type.getName().replaceAll("\\$.*", "").replace('.', '/') + ".java";
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
    return name.equals(TESTING)
        || List.of(
                "dev.belay",
                "dev.belay.store",
                "dev.belay.session",
                "dev.belay.lease",
                "dev.belay.queue")
            .contains(name);
  }
}
