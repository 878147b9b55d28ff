package dev.belay;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;
import org.junit.jupiter.api.Test;

/**
 * Which package may know what.
 *
 * <p>Goal: {@code session → queue, lease → engine → store}; {@code check → engine}; {@code sqlite,
 * postgres → engine}; {@code Belay →} all. Nothing points back, so that a second database replaces
 * one package. Method: the arrows of the compiled main classes. Rules are checked by plain tests,
 * because an {@code @ArchTest} field that no engine picks up is a gate that stays green.
 */
class ArchitectureTest {
  private static final JavaClasses MAIN =
      new ClassFileImporter().importPath(SourceFile.ROOT.resolve("target/classes"));

  private static final Set<String> JOINING = Set.of("dev.belay.store.TxRunner");

  private static final Set<String> OPTIONS =
      Set.of("dev.belay.BelayOptions", "dev.belay.OptionChoices", "dev.belay.engine.EngineOptions");

  private static final Set<String> HANDED_ON =
      Set.of("dev.belay.Belay", "dev.belay.store.TxRunner");

  private static final DescribedPredicate<JavaClass> SQL_SPEAKERS =
      describe("are DAOs or row mappers, or within one", ArchitectureTest::speaksSql);

  @Test
  void packages_have_no_cycles() {
    check(slices().matching("dev.belay.(*)..").should().beFreeOfCycles());
  }

  @Test
  void nothing_below_the_root_package_points_back_to_it() {
    check(
        noClasses()
            .that(resideInAPackage("dev.belay.*.."))
            .should()
            .dependOnClassesThat(resideInAPackage("dev.belay")));
  }

  @Test
  void the_store_stands_on_no_other_package_of_ours() {
    check(
        noClasses()
            .that(resideInAPackage("dev.belay.store.."))
            .should()
            .dependOnClassesThat(oursOutside("dev.belay.store..")));
  }

  @Test
  void the_engine_knows_the_store_and_no_database() {
    check(
        noClasses()
            .that(resideInAPackage("dev.belay.engine.."))
            .should()
            .dependOnClassesThat(oursOutside("dev.belay.engine..", "dev.belay.store..")));
  }

  @Test
  void what_a_feature_needs_of_an_engine_and_the_line_of_requests_stand_alone() {
    for (String room : new String[] {"dev.belay.engine", "dev.belay.engine.line"}) {
      check(
          noClasses()
              .that(resideInAPackage(room))
              .should()
              .dependOnClassesThat(oursOutside(room, "dev.belay.engine", "dev.belay.store..")));
    }
  }

  @Test
  void a_database_knows_the_engine_and_no_feature_and_no_other_database() {
    for (String database : new String[] {"dev.belay.sqlite..", "dev.belay.postgres.."}) {
      check(
          noClasses()
              .that(resideInAPackage(database))
              .should()
              .dependOnClassesThat(
                  oursOutside(database, "dev.belay.engine..", "dev.belay.store..")));
    }
  }

  @Test
  void queue_lease_and_check_know_what_they_need_of_an_engine_only() {
    for (String feature :
        new String[] {"dev.belay.queue..", "dev.belay.lease..", "dev.belay.check.."}) {
      check(
          noClasses()
              .that(resideInAPackage(feature))
              .should()
              .dependOnClassesThat(oursOutside(feature, "dev.belay.engine", "dev.belay.store..")));
    }
  }

  @Test
  void session_knows_queue_and_lease_and_no_database() {
    check(
        noClasses()
            .that(resideInAPackage("dev.belay.session.."))
            .should()
            .dependOnClassesThat(
                oursOutside(
                    "dev.belay.session..",
                    "dev.belay.queue..",
                    "dev.belay.lease..",
                    "dev.belay.engine",
                    "dev.belay.store..")));
  }

  @Test
  void only_databases_and_the_daos_touch_jdbc() {
    check(
        noClasses()
            .that(
                not(
                    resideInAnyPackage(
                            "dev.belay.sqlite..", "dev.belay.postgres..", "dev.belay.engine.jdbc..")
                        .or(SQL_SPEAKERS)))
            // they hand the host's DataSource and connection through
            .and(
                not(
                    describe(
                        "are Belay and its runner", type -> HANDED_ON.contains(type.getName()))))
            // it hands the host's preparation of connections through, and calls nothing of JDBC
            .and(not(describe("are the options", type -> OPTIONS.contains(type.getName()))))
            // join takes the host's connection
            .and(not(describe("runs bodies", type -> JOINING.contains(type.getName()))))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql.."));
  }

  @Test
  void only_its_package_touches_the_driver_of_a_database_and_both_flyway() {
    onlyTouches("dev.belay.sqlite..", "org.sqlite..");
    onlyTouches("dev.belay.postgres..", "org.postgresql..");
    check(
        noClasses()
            .that(not(resideInAnyPackage("dev.belay.sqlite..", "dev.belay.postgres..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.flywaydb.."));
  }

  private static void onlyTouches(String database, String driver) {
    check(
        noClasses()
            .that(not(resideInAPackage(database)))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(driver));
  }

  @Test
  void every_package_is_null_marked() {
    // NullAway skips a package without the mark, and says nothing.
    check(
        classes()
            .should(
                CodeRulesTest.satisfy(
                    "live in a @NullMarked package",
                    type ->
                        type.getPackage().isAnnotatedWith("org.jspecify.annotations.NullMarked"))));
  }

  private static boolean speaksSql(JavaClass type) {
    return type.getSimpleName().endsWith("Dao")
        || type.isAssignableTo(RowMapper.class)
        || type.getEnclosingClass().map(ArchitectureTest::speaksSql).orElse(false);
  }

  private static DescribedPredicate<JavaClass> oursOutside(String... packages) {
    DescribedPredicate<JavaClass> allowed = resideInAnyPackage(packages);
    return resideInAPackage("dev.belay..").and(not(allowed));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(MAIN);
  }
}
