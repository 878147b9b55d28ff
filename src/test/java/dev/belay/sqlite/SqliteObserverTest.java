package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.store.BelayObserver;
import dev.belay.store.BelayObserver.TxEvent;
import dev.belay.store.BelayObserver.TxEvent.Outcome;
import dev.belay.store.StoreBusyException;
import dev.belay.testing.Group;
import dev.belay.testing.LockHolder;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Notes;
import dev.belay.testing.NotingObserver;
import dev.belay.testing.Patience;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: an observer is told of what only a file has: groups, the lock of others, checkpoints. */
class SqliteObserverTest {
  private static final Duration TTL = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final NotingObserver noting = new NotingObserver();

  @Test
  void bodies_that_share_a_transaction_are_told_how_many_they_are() {
    Path file = folder.resolve("a.db");
    try (Belay belay = Belay.open(file, observed().withCommitGroupMax(64))) {
      SqliteNotes.create(belay);
      AtomicInteger texts = new AtomicInteger();
      Patience patience = Patience.begin();
      List<TxEvent> members = List.of();
      while (members.size() != 3) { // a slow body may end its group before it is full
        patience.check(() -> "a group of three has been told");
        noting.told();
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        try (Group group = Group.of(belay.tx())) {
          for (int i = 0; i < 3; i++) {
            futures.add(
                belay
                    .tx()
                    .writeAsync(
                        in -> {
                          Notes.add(in, "text " + texts.incrementAndGet());
                          return 1;
                        }));
          }
          group.end();
        }
        futures.forEach(CompletableFuture::join);
        members = noting.told().stream().filter(event -> event.bodies() == 3).toList();
      }
    }
  }

  @Test
  void a_body_that_ran_again_is_told_once_with_its_runs() {
    try (Belay belay = Belay.open(folder.resolve("a.db"), observed().withCommitGroupMax(64))) {
      SqliteNotes.create(belay);
      belay.useWrite(in -> Notes.add(in, "taken"));
      AtomicInteger runs = new AtomicInteger();
      CompletableFuture<Boolean> first;
      CompletableFuture<Integer> second;
      try (Group group = Group.of(belay.tx())) {
        first =
            belay
                .tx()
                .writeAsync(
                    in -> {
                      runs.incrementAndGet();
                      return belay.leases().acquire(in, "l", "h", TTL).granted().isPresent();
                    });
        second =
            belay
                .tx()
                .writeAsync(
                    in ->
                        in.handle()
                            .execute("INSERT OR ROLLBACK INTO note (text) VALUES ('taken')"));
        group.end();
      }
      assertThat(first.join()).isTrue();
      assertThatThrownBy(second::join).isNotNull();
      assertThat(noting.told())
          .filteredOn(event -> event.runs() == runs.get() && event.failure() == null)
          .isNotEmpty();
      assertThat(noting.toldEvents()).hasSize(1);
    }
  }

  @Test
  void waiting_for_another_process_is_told_apart_also_when_it_was_in_vain() {
    Path file = folder.resolve("a.db");
    try (Belay belay = Belay.open(file, observed().withBusyTimeout(Duration.ofMillis(50)))) {
      SqliteNotes.create(belay);
      noting.told();
      try (LockHolder holder = LockHolder.writing(file)) {
        assertThatThrownBy(() -> belay.useWrite(in -> Notes.add(in, "a")))
            .isInstanceOf(StoreBusyException.class);
        holder.release();
      }
      TxEvent event = noting.told().get(0);
      assertThat(event.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(event.failure()).isInstanceOf(StoreBusyException.class);
      assertThat(event.bodies()).isZero();
      assertThat(event.runs()).isZero();
      assertThat(event.lockWait()).isBetween(Duration.ofMillis(50), event.took());
    }
  }

  @Test
  void checkpoints_are_told_on_a_callback_thread() {
    try (Belay belay = Belay.open(folder.resolve("a.db"), observed())) {
      SqliteNotes.create(belay);
      noting.toldEvents();
      String text = "x".repeat(100_000);
      AtomicInteger texts = new AtomicInteger();
      Patience.until(
          "a checkpoint is told",
          () -> {
            belay.useWrite(in -> Notes.add(in, text + texts.incrementAndGet()));
            return noting.events.stream()
                .anyMatch(
                    event ->
                        event instanceof BelayObserver.CheckpointEvent checkpoint
                            && checkpoint.pages() > 0
                            && checkpoint.failure() == null);
          });
    }
  }

  private BelayOptions observed() {
    return TestOptions.defaults().withClock(clock).withObserver(noting);
  }
}
