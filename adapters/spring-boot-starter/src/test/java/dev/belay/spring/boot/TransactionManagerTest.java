package dev.belay.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.adapters.testing.TestStores;
import dev.belay.queue.NewWork;
import dev.belay.store.StoreReadOnlyException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.InvalidIsolationLevelException;
import org.springframework.transaction.InvalidTimeoutException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Goal: Belay's transaction manager does what Spring's documentation says of each propagation, or
 * refuses it by name. Method: a row of a table beside a piece of work, in templates inside
 * templates, on each database.
 */
class TransactionManagerTest {
  @TempDir Path folder;

  /** What a test does with the beans of its context. */
  private interface Script {
    void run(Beans beans) throws Exception;
  }

  /** The beans of a context. */
  private record Beans(ApplicationContext context) {
    Belay belay() {
      return context.getBean(Belay.class);
    }

    JdbcTemplate jdbc() {
      return context.getBean("belayJdbcTemplate", JdbcTemplate.class);
    }

    BelayTransactions transactions() {
      return context.getBean(BelayTransactions.class);
    }

    PlatformTransactionManager manager() {
      return context.getBean("belayTransactionManager", PlatformTransactionManager.class);
    }

    TransactionTemplate template() {
      return new TransactionTemplate(manager());
    }

    TransactionTemplate template(int propagation) {
      TransactionTemplate template = template();
      template.setPropagationBehavior(propagation);
      return template;
    }

    /** Writes a row by Spring's template, and work by Belay's verb. */
    void write(String text) {
      jdbc().update("INSERT INTO note (text) VALUES (?)", text);
      belay().queue("q").enqueue(transactions().current(), NewWork.of(text));
    }

    List<String> rows() {
      return belay()
          .read(
              tx ->
                  tx.handle()
                      .createQuery("SELECT text FROM note ORDER BY text")
                      .mapTo(String.class)
                      .list());
    }

    /** What was written, if rows and work say the same. */
    List<String> written() {
      List<String> work =
          belay().queue("q").claim("test", Duration.ofMinutes(1), 100).stream()
              .map(claim -> claim.payload())
              .sorted()
              .toList();
      assertThat(work).isEqualTo(rows());
      return work;
    }
  }

  private void with(TestStores store, Script script) {
    Contexts.withStarter()
        .withPropertyValues(
            Contexts.property(store, folder),
            "belay.migrations=classpath:db/belay",
            "belay.transactions.enabled=true")
        .run(context -> script.run(new Beans(context)));
  }

  @ParameterizedTest
  @EnumSource
  void rows_and_work_are_committed_together(TestStores store) {
    with(
        store,
        beans -> {
          String answer =
              beans
                  .template()
                  .execute(
                      status -> {
                        assertThat(status.isNewTransaction()).isTrue();
                        beans.write("a");
                        return "answer";
                      });
          assertThat(answer).isEqualTo("answer");
          assertThat(beans.written()).containsExactly("a");
        });
  }

  @ParameterizedTest
  @EnumSource
  void an_exception_rolls_both_back_and_arrives_as_it_is(TestStores store) {
    with(
        store,
        beans -> {
          RuntimeException thrown = new IllegalStateException("no");
          assertThatThrownBy(
                  () ->
                      beans
                          .template()
                          .executeWithoutResult(
                              status -> {
                                beans.write("a");
                                throw thrown;
                              }))
              .isSameAs(thrown);
          assertThat(beans.written()).isEmpty();
        });
  }

  @ParameterizedTest
  @EnumSource
  void a_callback_can_roll_back_and_return(TestStores store) {
    with(
        store,
        beans -> {
          String answer =
              beans
                  .template()
                  .execute(
                      status -> {
                        beans.write("a");
                        status.setRollbackOnly();
                        return "answer";
                      });
          assertThat(answer).isEqualTo("answer");
          assertThat(beans.written()).isEmpty();
        });
  }

  @ParameterizedTest
  @EnumSource
  void a_callback_may_return_null(TestStores store) {
    with(store, beans -> assertThat(beans.template().<Object>execute(status -> null)).isNull());
  }

  @ParameterizedTest
  @EnumSource
  void read_only_is_a_read(TestStores store) {
    with(
        store,
        beans -> {
          beans.template().executeWithoutResult(status -> beans.write("a"));
          TransactionTemplate reading = beans.template();
          reading.setReadOnly(true);
          Integer rows =
              reading.execute(
                  status -> {
                    assertThat(status.isReadOnly()).isTrue();
                    assertThat(beans.transactions().current().writable()).isFalse();
                    return beans.jdbc().queryForObject("SELECT count(*) FROM note", Integer.class);
                  });
          assertThat(rows).isEqualTo(1);
          assertThatThrownBy(
                  () ->
                      reading.executeWithoutResult(
                          status ->
                              beans
                                  .belay()
                                  .queue("q")
                                  .enqueue(beans.transactions().current(), NewWork.of("b"))))
              .isInstanceOfAny(StoreReadOnlyException.class, IllegalStateException.class);
        });
  }

  @ParameterizedTest
  @EnumSource
  void required_supports_and_mandatory_join(TestStores store) {
    with(
        store,
        beans -> {
          beans
              .template()
              .executeWithoutResult(
                  outer -> {
                    var tx = beans.transactions().current();
                    for (int propagation :
                        List.of(
                            TransactionDefinition.PROPAGATION_REQUIRED,
                            TransactionDefinition.PROPAGATION_SUPPORTS,
                            TransactionDefinition.PROPAGATION_MANDATORY)) {
                      beans
                          .template(propagation)
                          .executeWithoutResult(
                              inner -> {
                                assertThat(inner.isNewTransaction()).isFalse();
                                assertThat(beans.transactions().current()).isSameAs(tx);
                                beans.write("p" + propagation);
                              });
                    }
                  });
          assertThat(beans.written()).containsExactly("p0", "p1", "p2");
        });
  }

  @ParameterizedTest
  @EnumSource
  void a_failure_inside_dooms_the_whole_even_if_it_is_caught(TestStores store) {
    with(
        store,
        beans -> {
          assertThatExceptionOfType(UnexpectedRollbackException.class)
              .isThrownBy(
                  () ->
                      beans
                          .template()
                          .executeWithoutResult(
                              outer -> {
                                beans.write("a");
                                assertThatThrownBy(() -> fail(beans.template(), beans))
                                    .hasMessage("inner");
                                assertThat(outer.isRollbackOnly()).isTrue();
                              }));
          assertThat(beans.written()).isEmpty();
        });
  }

  private static void fail(TransactionTemplate template, Beans beans) {
    template.executeWithoutResult(
        inner -> {
          beans.write("inner");
          throw new IllegalStateException("inner");
        });
  }

  @ParameterizedTest
  @EnumSource
  void a_part_that_asks_for_a_rollback_dooms_the_whole(TestStores store) {
    with(
        store,
        beans -> {
          assertThatExceptionOfType(UnexpectedRollbackException.class)
              .isThrownBy(
                  () ->
                      beans
                          .template()
                          .executeWithoutResult(
                              outer -> {
                                beans.write("a");
                                beans
                                    .template()
                                    .executeWithoutResult(inner -> inner.setRollbackOnly());
                              }));
          assertThat(beans.written()).isEmpty();
        });
  }

  @ParameterizedTest
  @EnumSource
  void nested_is_a_savepoint(TestStores store) {
    with(
        store,
        beans -> {
          TransactionTemplate nested = beans.template(TransactionDefinition.PROPAGATION_NESTED);
          beans
              .template()
              .executeWithoutResult(
                  outer -> {
                    beans.write("a");
                    assertThatThrownBy(() -> fail(nested, beans)).hasMessage("inner");
                    nested.executeWithoutResult(
                        inner -> {
                          assertThat(inner.hasSavepoint()).isTrue();
                          beans.write("b");
                        });
                    nested.executeWithoutResult(
                        inner -> {
                          beans.write("c");
                          inner.setRollbackOnly();
                        });
                    assertThatThrownBy(
                            () ->
                                nested.executeWithoutResult(
                                    inner -> {
                                      beans.write("d");
                                      assertThatThrownBy(() -> fail(beans.template(), beans))
                                          .hasMessage("inner");
                                    }))
                        .isInstanceOf(UnexpectedRollbackException.class);
                    assertThat(outer.isRollbackOnly()).isFalse();
                  });
          assertThat(beans.written()).containsExactly("a", "b");
        });
  }

  @ParameterizedTest
  @EnumSource
  void nested_without_a_transaction_begins_one(TestStores store) {
    with(
        store,
        beans -> {
          beans
              .template(TransactionDefinition.PROPAGATION_NESTED)
              .executeWithoutResult(status -> beans.write("a"));
          assertThat(beans.written()).containsExactly("a");
        });
  }

  @ParameterizedTest
  @EnumSource
  void what_cannot_be_done_inside_a_transaction_is_refused_by_name(TestStores store) {
    with(
        store,
        beans -> {
          beans
              .template()
              .executeWithoutResult(
                  outer -> {
                    beans.write("a");
                    refused(beans, TransactionDefinition.PROPAGATION_REQUIRES_NEW, "REQUIRES_NEW");
                    refused(
                        beans, TransactionDefinition.PROPAGATION_NOT_SUPPORTED, "NOT_SUPPORTED");
                    refused(beans, TransactionDefinition.PROPAGATION_NEVER, "NEVER");
                  });
          assertThat(beans.written()).containsExactly("a");
        });
  }

  private static void refused(Beans beans, int propagation, String name) {
    assertThatExceptionOfType(IllegalTransactionStateException.class)
        .isThrownBy(() -> beans.template(propagation).executeWithoutResult(status -> {}))
        .withMessageStartingWith(name);
  }

  @ParameterizedTest
  @EnumSource
  void requires_new_outside_begins_a_transaction(TestStores store) {
    with(
        store,
        beans -> {
          beans
              .template(TransactionDefinition.PROPAGATION_REQUIRES_NEW)
              .executeWithoutResult(status -> beans.write("a"));
          assertThat(beans.written()).containsExactly("a");
        });
  }

  @ParameterizedTest
  @EnumSource
  void without_a_transaction_the_others_run_without_one(TestStores store) {
    with(
        store,
        beans -> {
          refused(beans, TransactionDefinition.PROPAGATION_MANDATORY, "MANDATORY");
          for (int propagation :
              List.of(
                  TransactionDefinition.PROPAGATION_SUPPORTS,
                  TransactionDefinition.PROPAGATION_NOT_SUPPORTED,
                  TransactionDefinition.PROPAGATION_NEVER)) {
            beans
                .template(propagation)
                .executeWithoutResult(
                    status -> {
                      assertThat(status.isNewTransaction()).isFalse();
                      assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                          .isFalse();
                      assertThatThrownBy(() -> beans.write("a"))
                          .isInstanceOf(CannotGetJdbcConnectionException.class);
                      assertThatThrownBy(() -> beans.transactions().current())
                          .isInstanceOf(IllegalStateException.class);
                    });
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void what_belay_does_not_have_is_refused_by_name(TestStores store) {
    with(
        store,
        beans -> {
          TransactionTemplate isolated = beans.template();
          isolated.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
          assertThatExceptionOfType(InvalidIsolationLevelException.class)
              .isThrownBy(() -> isolated.executeWithoutResult(status -> {}));
          TransactionTemplate timed = beans.template();
          timed.setTimeout(1);
          assertThatExceptionOfType(InvalidTimeoutException.class)
              .isThrownBy(() -> timed.executeWithoutResult(status -> {}));
          assertThatThrownBy(() -> beans.manager().getTransaction(null))
              .isInstanceOf(UnsupportedOperationException.class)
              .hasMessageStartingWith("getTransaction");
          beans
              .template()
              .executeWithoutResult(
                  status -> {
                    assertThatThrownBy(() -> beans.manager().commit(status))
                        .isInstanceOf(UnsupportedOperationException.class);
                    assertThatThrownBy(() -> beans.manager().rollback(status))
                        .isInstanceOf(UnsupportedOperationException.class);
                  });
        });
  }

  @ParameterizedTest
  @EnumSource
  void a_failed_statement_is_an_exception_of_spring(TestStores store) {
    with(
        store,
        beans ->
            assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(
                    () ->
                        beans
                            .template()
                            .executeWithoutResult(
                                status -> {
                                  beans.jdbc().update("INSERT INTO tag (name) VALUES ('a')");
                                  beans.jdbc().update("INSERT INTO tag (name) VALUES ('a')");
                                })));
  }

  @ParameterizedTest
  @EnumSource
  void synchronizations_run_around_the_commit_and_then_on_the_callers_thread(TestStores store) {
    with(
        store,
        beans -> {
          List<String> order = new ArrayList<>();
          Thread caller = Thread.currentThread();
          beans
              .template()
              .executeWithoutResult(
                  status -> {
                    beans.write("a");
                    TransactionSynchronizationManager.registerSynchronization(
                        new Noting(beans, order, caller));
                  });
          assertThat(order)
              .containsExactly(
                  "beforeCommit", "beforeCompletion", "afterCommit", "afterCompletion 0");
          assertThat(beans.written()).containsExactly("a", "before");
          assertThat(TransactionSynchronizationManager.isSynchronizationActive()).isFalse();
        });
  }

  /** Writes before the commit, and looks at what was committed after it. */
  private record Noting(Beans beans, List<String> order, Thread caller)
      implements TransactionSynchronization {
    @Override
    public void beforeCommit(boolean readOnly) {
      order.add("beforeCommit");
      beans.write("before");
    }

    @Override
    public void beforeCompletion() {
      order.add("beforeCompletion");
    }

    @Override
    public void afterCommit() {
      order.add("afterCommit");
      assertThat(Thread.currentThread()).isSameAs(caller);
      assertThat(beans.rows()).containsExactly("a", "before"); // a read of its own: no body is open
    }

    @Override
    public void afterCompletion(int status) {
      order.add("afterCompletion " + status);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_rollback_is_reported_to_synchronizations(TestStores store) {
    with(
        store,
        beans -> {
          AtomicInteger reported = new AtomicInteger(-1);
          assertThatThrownBy(
                  () ->
                      beans
                          .template()
                          .executeWithoutResult(
                              status -> {
                                TransactionSynchronizationManager.registerSynchronization(
                                    new TransactionSynchronization() {
                                      @Override
                                      public void afterCompletion(int completed) {
                                        reported.set(completed);
                                      }
                                    });
                                throw new IllegalStateException("no");
                              }))
              .hasMessage("no");
          assertThat(reported).hasValue(TransactionSynchronization.STATUS_ROLLED_BACK);
        });
  }

  @ParameterizedTest
  @EnumSource
  void a_synchronization_that_fails_before_the_commit_rolls_back(TestStores store) {
    with(
        store,
        beans -> {
          assertThatThrownBy(
                  () ->
                      beans
                          .template()
                          .executeWithoutResult(
                              status -> {
                                beans.write("a");
                                TransactionSynchronizationManager.registerSynchronization(
                                    new TransactionSynchronization() {
                                      @Override
                                      public void beforeCommit(boolean readOnly) {
                                        throw new IllegalStateException("not this");
                                      }
                                    });
                              }))
              .hasMessage("not this");
          assertThat(beans.written()).isEmpty();
        });
  }
}
