package dev.belay;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.belay.testing.TestOptions;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Goal: a run of the suite with another size of commit groups means every store of every test.
 * Method: the calls of the compiled test classes. Examples and the main job are exempt: they are
 * written as users write. So are the tests of PostgreSQL, which has no commit groups.
 */
class SuiteOptionsTest {
  private static final Set<String> WITH_THE_LIBRARY_DEFAULTS =
      Set.of(
          "dev.belay.BelayOptions.defaults()",
          "dev.belay.Belay.open(java.nio.file.Path)",
          "dev.belay.Belay.openInMemory()");

  @Test
  void tests_open_stores_with_the_options_of_the_run() {
    noClasses()
        .that(
            resideOutsideOfPackages(
                "dev.belay.examples..", "dev.belay.replay..", "dev.belay.postgres.."))
        .and()
        .areNotAssignableTo(TestOptions.class)
        .should()
        .accessTargetWhere(
            describe("the library's own defaults are used", SuiteOptionsTest::usesDefaults))
        .check(new ClassFileImporter().importPath(SourceFile.ROOT.resolve("target/test-classes")));
  }

  private static boolean usesDefaults(JavaAccess<?> access) {
    return WITH_THE_LIBRARY_DEFAULTS.contains(access.getTarget().getFullName());
  }
}
