package dev.belay;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static java.util.stream.Collectors.toSet;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.belay.lease.Acquisition;
import dev.belay.lease.Leases;
import dev.belay.lease.Renewal;
import dev.belay.queue.Cancellation;
import dev.belay.queue.Claim;
import dev.belay.queue.ClaimRenewal;
import dev.belay.queue.Enqueued;
import dev.belay.queue.Requeue;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import dev.belay.session.CommitOutcome;
import dev.belay.session.Sessions;
import dev.belay.store.CheckReturnValue;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/**
 * What no class of the library may do, whichever package it is in.
 *
 * <p>Goal: one clock, one owner of transactions, no state outside objects. Method: the calls and
 * declarations of the compiled main classes.
 */
class CodeRulesTest {
  private static final JavaClasses MAIN =
      new ClassFileImporter().importPath(SourceFile.ROOT.resolve("target/classes"));

  private static final Pattern EMPTY_NAMES =
      Pattern.compile("(Abstract|Base)[A-Z].*|.*(Impl|Manager|Helper|Utils?|Base)");

  private static final Set<String> VERBS = names(Leases.class, Sessions.class, WorkQueue.class);

  private static final Set<String> ANSWERS =
      names(
          Acquisition.class,
          Cancellation.class,
          Claim.class,
          ClaimRenewal.class,
          CommitOutcome.class,
          Enqueued.class,
          Renewal.class,
          Requeue.class,
          Settlement.class);

  private static Set<String> names(Class<?>... types) {
    return Stream.of(types).map(Class::getName).collect(toSet());
  }

  @Test
  void only_the_options_default_reads_the_wall_clock() {
    check(
        noClasses()
            .that(describe("are not BelayOptions", type -> !isBelayOptions(type)))
            .should()
            .accessTargetWhere(
                describe("the wall clock is read", CodeRulesTest::readsTheWallClock)));
  }

  @Test
  void only_one_class_makes_threads() {
    // Any other thread would inherit from the caller that happens to need it first.
    check(
        noClasses()
            .that(describe("are not Threads", type -> !isThreads(type)))
            .should()
            .accessTargetWhere(describe("a thread is made", CodeRulesTest::makesThreads)));
  }

  @Test
  void every_verb_that_may_answer_a_refusal_says_so_to_tools() {
    // An ignored refusal is a silent loss: CLAIM_LOST, KeyConflict, RevisionConflict.
    check(
        methods()
            .that()
            .arePublic()
            .and()
            .areDeclaredInClassesThat(
                describe("are verbs", type -> VERBS.contains(type.getFullName())))
            .and(
                describe(
                    "answer a refusal or a claim",
                    (JavaMethod method) ->
                        method.getReturnType().getAllInvolvedRawTypes().stream()
                            .anyMatch(type -> ANSWERS.contains(type.getFullName()))))
            .should()
            .beAnnotatedWith(CheckReturnValue.class));
  }

  @Test
  void nobody_uses_on_demand_objects() {
    // Each call of one would open a connection, outside the runner and its transaction.
    check(
        noClasses()
            .should()
            .accessTargetWhere(
                describe(
                    "Jdbi.onDemand is called",
                    access ->
                        access.getTargetOwner().isAssignableTo(Jdbi.class)
                            && access.getName().equals("onDemand"))));
  }

  @Test
  void nobody_but_the_runner_owns_a_transaction() {
    // @Transaction sets the connection's read-only flag, @SqlBatch begins one of its own.
    for (String annotation :
        new String[] {
          "org.jdbi.v3.sqlobject.transaction.Transaction",
          "org.jdbi.v3.sqlobject.statement.SqlBatch"
        }) {
      check(noMethods().should().beAnnotatedWith(annotation));
      check(noClasses().should().beAnnotatedWith(annotation));
    }
  }

  @Test
  void classes_that_are_not_values_or_errors_are_final() {
    check(
        classes()
            .that(describe("are plain named classes", CodeRulesTest::isPlainNamedClass))
            .should()
            .haveModifier(JavaModifier.FINAL));
  }

  @Test
  void there_is_no_mutable_static_state() {
    check(fields().that().areStatic().should().beFinal());
  }

  @Test
  void names_say_what_a_thing_is() {
    check(
        classes()
            .should(
                satisfy(
                    "not be named after their place in a hierarchy",
                    type -> !EMPTY_NAMES.matcher(type.getSimpleName()).matches())));
  }

  /** A condition from a predicate; {@code description} follows "classes should". */
  static ArchCondition<JavaClass> satisfy(String description, Predicate<JavaClass> predicate) {
    return new ArchCondition<>(description) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        String message = type.getName() + " should " + description;
        events.add(new SimpleConditionEvent(type, predicate.test(type), message));
      }
    };
  }

  private static boolean isBelayOptions(JavaClass type) {
    return type.getName().equals("dev.belay.BelayOptions");
  }

  private static boolean isThreads(JavaClass type) {
    return type.getName().startsWith("dev.belay.engine.line.Threads");
  }

  private static boolean makesThreads(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    String name = access.getName();
    String target = access.getTarget().getFullName();
    if (owner.isAssignableTo(ExecutorService.class)) {
      // with a factory of threads, which must get them from Threads
      return name.equals("commonPool")
          || (name.equals("<init>") && !target.contains("ThreadFactory"));
    }
    return (owner.isAssignableTo(Thread.class) && (name.equals("<init>") || name.startsWith("of")))
        || (owner.isAssignableTo(Timer.class) && name.equals("<init>"))
        || owner.isEquivalentTo(Executors.class)
        || (owner.isAssignableTo(CompletionStage.class)
            && name.endsWith("Async")
            && !target.contains("java.util.concurrent.Executor"));
  }

  private static boolean readsTheWallClock(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getName();
    if (owner.startsWith("java.time.")) {
      return name.startsWith("system") || name.startsWith("tick") || readsNow(access);
    }
    return (owner.equals("java.lang.System") && name.equals("currentTimeMillis"))
        || (owner.equals("java.util.Date") && name.equals("<init>"));
  }

  /** {@code Instant.now()} and {@code now(ZoneId)}; a clock that was passed in is no wall clock. */
  private static boolean readsNow(JavaAccess<?> access) {
    return access.getName().equals("now") && !access.getTarget().getFullName().contains("Clock)");
  }

  private static boolean isPlainNamedClass(JavaClass type) {
    DescribedPredicate<JavaClass> error = JavaClass.Predicates.assignableTo(Throwable.class);
    return !type.isInterface()
        && !type.isEnum()
        && !type.isRecord()
        && !type.isAnonymousClass()
        && !type.getModifiers().contains(JavaModifier.ABSTRACT)
        && !error.test(type)
        && !type.getSimpleName().equals("package-info");
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(MAIN);
  }
}
