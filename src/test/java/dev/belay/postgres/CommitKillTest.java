package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.kit.Sql;
import dev.belay.postgres.CommitCutter.Cut;
import dev.belay.store.BelayObserver;
import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreException;
import dev.belay.testing.Effort;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: a caller whose connection is cut exactly at COMMIT is told what really happened, or that it
 * is unknown; never anything else. Method: a proxy cuts, and every outcome is compared with what
 * the table holds, which another handle reads without the proxy.
 */
class CommitKillTest {
  /** For each kind of call and of cut: at least 25 cuts of each kind together. */
  private static final int ROUNDS = Effort.of(3, 25);

  private static final int ROUNDS_AT_ONCE = Effort.of(1, 25);
  private static final int CALLERS = 8;

  private String url;
  private Belay direct;
  private CommitCutter cutter;
  private Belay verbs;
  private Belay bodies;
  private final AtomicInteger ids = new AtomicInteger();
  private final List<Called> calls = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    url = Server.newStore();
    direct = Belay.openPostgres(url, TestOptions.defaults().withCommitGroupMax(1));
    Notes.create(direct, PostgresEngine.SCHEMA.sql(Sql.CREATE_NOTES));
    cutter = new CommitCutter(url);
    var options = TestOptions.defaults().withCommitGroupMax(1);
    verbs = Belay.openPostgres(cutter.url(url), options);
    bodies = Belay.openPostgres(cutter.url(url), options.withObserver(new BelayObserver() {}));
  }

  @AfterEach
  void close() throws IOException {
    cutter.admit();
    bodies.close();
    verbs.close();
    cutter.close();
    direct.close();
    Server.drop(url);
  }

  /** A call that can be made. */
  private record Prepared(CutCall call, String id, Object given) {}

  /** A call, and what its caller was told: an outcome or an exception. */
  private record Called(CutCall call, String id, Object told) {
    boolean isUnknown() {
      return told instanceof CommitUnknownException;
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_call_that_is_cut_at_commit_is_told_right(CutCall call) {
    for (Cut cut : Cut.values()) {
      for (int round = 0; round < ROUNDS; round++) {
        Called verb = cut(verbs, call, cut);
        Called body = cut(bodies, call, cut);

        assertRight(verb);
        assertRight(body);
        assertThat(body.isUnknown()).as("%s, %s: the server could be asked", call, cut).isFalse();
      }
    }
    calls.forEach(this::assertRight); // nothing happened later
  }

  @ParameterizedTest
  @EnumSource
  void of_calls_at_once_each_is_told_right(CutCall call) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    try {
      for (Cut cut : Cut.values()) {
        for (int round = 0; round < ROUNDS_AT_ONCE; round++) {
          List<Prepared> own = prepared(call, CALLERS);
          cutter.cutNext(cut);
          List<Future<Called>> told = new ArrayList<>();
          own.forEach(one -> told.add(threads.submit(() -> called(verbs, one))));
          for (Future<Called> one : told) {
            assertRight(Patience.get(one));
          }
          assertThat(cutter.isWaiting()).isFalse();
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void a_body_whose_commit_was_lost_runs_again_and_one_whose_answer_was_lost_does_not() {
    for (Cut cut : List.of(Cut.INSTEAD, Cut.BEFORE_ANSWER)) {
      AtomicInteger runs = new AtomicInteger();
      AtomicInteger hooks = new AtomicInteger();
      cutter.cutNext(cut);
      verbs.useWrite(
          tx -> {
            Notes.add(tx, cut + " run " + runs.incrementAndGet());
            tx.afterCommit(hooks::incrementAndGet);
          });

      int last = cut == Cut.INSTEAD ? 2 : 1;
      assertThat(runs).hasValue(last);
      assertThat(Notes.all(direct))
          .filteredOn(text -> text.startsWith(cut.name()))
          .containsExactly(cut + " run " + last);
      Patience.until("the hook runs", () -> hooks.get() == 1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BODY", "OPERATION", "ENQUEUE", "COMPLETE"})
  void while_the_server_is_unreachable_after_the_cut_the_outcome_is_unknown(CutCall call) {
    var options = TestOptions.defaults().withCommitGroupMax(1);
    try (Belay hasty =
        Belay.openPostgres(cutter.url(url), options.withBusyTimeout(Duration.ofMillis(300)))) {
      for (Cut cut : Cut.values()) {
        Prepared one = prepared(call, 1).get(0);
        cutter.cutNextAndRefuse(cut);
        Called called = called(hasty, one);

        assertThat(called.told())
            .as("%s, %s", call, cut)
            .isInstanceOf(CommitUnknownException.class);
        assertThatThrownBy(() -> hasty.useWrite(tx -> Notes.add(tx, "too early")))
            .isInstanceOf(StoreException.class)
            .isNotInstanceOf(CommitUnknownException.class);
        cutter.admit();
        hasty.useWrite(tx -> Notes.add(tx, "after " + one.id()));
        assertRight(called);
      }
    }
  }

  private Called cut(Belay belay, CutCall call, Cut cut) {
    Prepared one = prepared(call, 1).get(0);
    cutter.cutNext(cut);
    Called called = called(belay, one);
    assertThat(cutter.isWaiting()).isFalse();
    calls.add(called);
    return called;
  }

  private List<Prepared> prepared(CutCall call, int count) {
    List<Prepared> own = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String id = call + " " + ids.incrementAndGet();
      own.add(new Prepared(call, id, call.prepare(direct, id)));
    }
    return own;
  }

  private static Called called(Belay belay, Prepared one) {
    try {
      return new Called(one.call(), one.id(), one.call().call(belay, one.id(), one.given()));
    } catch (StoreException e) {
      return new Called(one.call(), one.id(), e);
    }
  }

  private void assertRight(Called called) {
    List<String> held = held(called);
    if (called.isUnknown()) {
      assertThat(held).as("%s", called).hasSizeLessThan(2);
    } else if (called.told() instanceof StoreException) {
      assertThat(held).as("%s", called).isEmpty();
    } else {
      assertThat(held).as("%s", called).containsExactly(called.call().claimed(called.told()));
    }
  }

  private List<String> held(Called called) {
    return direct.read(
        tx ->
            tx.handle()
                .createQuery(called.call().effect())
                .bind("id", called.id())
                .mapTo(String.class)
                .list());
  }
}
