package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.StoreStats;
import dev.belay.queue.NewWork;
import dev.belay.queue.QueueStats;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.queue.Worker;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.BelayObserver;
import dev.belay.store.Finding;
import dev.belay.store.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looking after a store: backup, counts, health, failures that are told to the application. */
class UpkeepExampleTest {
  @TempDir Path folder;

  private final BlockingQueue<String> alerts = new LinkedBlockingQueue<>();

  @Test
  void the_backup_is_a_store_like_any_other() {
    Path copy = folder.resolve("copy.db");
    try (Belay belay = Belay.open(folder.resolve("agents.db"))) {
      belay.sessions().commit(SessionCommit.to("chat-17").append(NewEvent.of("note", "{}")));
      // snippet: backup
      belay.backup(copy); // a file that does not exist yet; others read and write meanwhile
      // end: backup
    }
    try (Belay belay = Belay.open(copy)) {
      assertThat(belay.sessions().find("chat-17")).isPresent();
    }
  }

  @Test
  void queues_are_counted() {
    try (Belay belay = Belay.open(folder.resolve("agents.db"))) {
      belay.queue("replies").enqueue(NewWork.of("hi"));
      // snippet: stats
      for (String name : belay.queues()) {
        QueueStats stats = belay.queue(name).stats();
        print(name + ": " + stats.ready() + " ready, " + stats.buried() + " buried");
      }
      // end: stats
      assertThat(alerts).containsExactly("replies: 1 ready, 0 buried");
    }
  }

  @Test
  void a_store_is_checked_and_counted_without_being_migrated() {
    Path file = folder.resolve("agents.db");
    try (Belay belay = Belay.open(file)) {
      belay.queue("replies").enqueue(NewWork.of("hi"));
    }
    // snippet: operate
    BelayOptions options = BelayOptions.defaults().withMigration(BelayOptions.Migration.NONE);
    try (Belay belay = Belay.open(file, options)) {
      for (Finding finding : belay.check()) {
        print(finding.rule() + ": " + finding.subject() + " " + finding.message());
      }
      for (StoreStats.QueueCounts queue : belay.stats().queues()) {
        print(queue.queue() + ": " + queue.count(WorkState.READY) + " ready");
      }
    }
    // end: operate
    assertThat(alerts).containsExactly("replies: 1 ready");
  }

  @Test
  void a_store_is_asked_for_its_health() {
    try (Belay belay = Belay.open(folder.resolve("agents.db"))) {
      Worker worker = belay.queue("replies").worker((claim, context) -> {}).start();
      assertThat(isHealthy(belay, worker)).isTrue();
      worker.close();
      assertThat(isHealthy(belay, worker)).isFalse();
    }
  }

  // snippet: health
  static boolean isHealthy(Belay belay, Worker worker) {
    try {
      belay.queues(null, 1); // one short read
      return worker.isRunning();
    } catch (StoreException e) {
      return false;
    }
  }

  // end: health

  @Test
  void failures_are_told_to_the_application() throws InterruptedException {
    // snippet: observer
    BelayObserver observer =
        new BelayObserver() {
          @Override
          public void attemptFailed(AttemptFailure failure) {
            BelayObserver.super.attemptFailed(failure); // still logs it
            if (failure.outcome() == AttemptFailure.Outcome.BURIED) {
              alert(failure.queue() + ": work " + failure.workId() + " is buried");
            }
          }
        };
    BelayOptions options = BelayOptions.defaults().withObserver(observer);
    // end: observer

    try (Belay belay = Belay.open(folder.resolve("agents.db"), options)) {
      WorkQueue mails = belay.queue("mails");
      long id = mails.enqueue(NewWork.of("to: ada").withAttemptsMax(1)).workId();
      try (Worker worker = mails.worker((claim, context) -> refuse()).start()) {
        assertThat(alerts.take()).isEqualTo("mails: work " + id + " is buried");
        assertThat(worker.isRunning()).isTrue();
      }
    }
  }

  private static void refuse() {
    throw new IllegalStateException("no such mailbox");
  }

  private void alert(String text) {
    alerts.add(text);
  }

  private void print(String line) {
    alerts.add(line);
  }

  @Test
  void a_store_is_read_without_being_written() {
    Path file = folder.resolve("agents.db");
    Belay.open(file).close();
    // snippet: read-only
    try (Belay belay = Belay.openReadOnly(file)) {
      print("sessions: " + belay.sessions().list(null, 100).size());
    }
    // end: read-only
    assertThat(List.copyOf(alerts)).containsExactly("sessions: 0");
  }
}
