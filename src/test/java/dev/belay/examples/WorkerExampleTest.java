package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.queue.Claim;
import dev.belay.queue.KeyLife;
import dev.belay.queue.NewWork;
import dev.belay.queue.QueueOptions;
import dev.belay.queue.Requeue;
import dev.belay.queue.RetryPolicy;
import dev.belay.queue.Work;
import dev.belay.queue.WorkContext;
import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.queue.Worker;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work queues: enqueue with a message, answer in one commit, retry, schedule, look inside. */
class WorkerExampleTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path folder;

  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("agents.db");
  }

  @Test
  void a_message_is_answered_in_one_commit_with_its_work() throws InterruptedException {
    try (Belay belay = Belay.open(file)) {
      // snippet: worker
      WorkQueue replies = belay.queue("replies");
      Worker worker =
          replies
              .worker(
                  (claim, context) -> {
                    String answer = askModel(claim.payload()); // outside any transaction
                    context.commit( // the event and the end of the work: both, or neither
                        SessionCommit.to("chat-17")
                            .append(NewEvent.of("assistant", answer))
                            .complete(claim));
                  })
              .threads(2)
              .start();

      belay
          .sessions()
          .commit( // the message and the work that answers it: both, or neither
              SessionCommit.to("chat-17")
                  .append(NewEvent.of("user", "hi"))
                  .enqueue("replies", NewWork.of("hi").withLane("chat-17")))
          .orThrow();
      // end: worker

      assertThat(belay.sessions().awaitEvents("chat-17", 1, 1, LONG))
          .extracting(SessionEvent::payload)
          .containsExactly("answer to hi");

      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void closing_the_store_stops_its_workers() throws InterruptedException {
    // snippet: stop
    Belay belay = Belay.open(file);
    Worker worker = belay.queue("replies").worker((claim, context) -> {}).start();
    Thread stop = new Thread(belay::close, "stop"); // stops workers, then closes the file
    Runtime.getRuntime().addShutdownHook(stop);
    // end: stop

    Runtime.getRuntime().removeShutdownHook(stop);
    stop.start();
    stop.join();
    assertThat(worker.isRunning()).isFalse();
  }

  @Test
  void failed_work_is_tried_again_and_then_buried() throws InterruptedException {
    try (Belay belay = Belay.open(file)) {
      // snippet: retry
      WorkQueue mails =
          belay.queue(
              "mails",
              QueueOptions.defaults()
                  .withRetry(
                      RetryPolicy.exponential(Duration.ofMillis(100), Duration.ofMinutes(1))));

      long id = mails.enqueue(NewWork.of("to: ada").withAttemptsMax(2)).workId();
      // end: retry

      try (Worker worker = mails.worker(this::refuse).start()) {
        Work buried = mails.awaitFinished(id, LONG).orElseThrow();
        assertThat(buried.state()).isEqualTo(WorkState.BURIED);
        assertThat(buried.lastError()).contains("no such mailbox");
        assertThat(worker.isRunning()).isTrue();
      }

      // snippet: buried
      List<WorkLine> dead = mails.list(WorkState.BURIED, 0, 100);
      for (WorkLine line : dead) {
        Work work = mails.find(line.id()).orElseThrow(); // payload and lastError
        print(work.id() + ": " + work.lastError());
        Requeue answer = mails.requeue(work.id());
        print(answer.name());
      }
      // end: buried
      assertThat(mails.stats().ready()).isEqualTo(1);
    }
  }

  @Test
  void work_is_done_at_its_time_and_once_for_each_key() {
    try (Belay belay = Belay.open(file)) {
      // snippet: schedule
      WorkQueue nightly = belay.queue("nightly");
      LocalDate tomorrow = LocalDate.now(ZoneOffset.UTC).plusDays(1);
      nightly.enqueue(
          NewWork.of("clean up")
              .withKey("clean-up-" + tomorrow, KeyLife.WHILE_OPEN) // asked twice, enqueued once
              .notBefore(tomorrow.atTime(3, 0).toInstant(ZoneOffset.UTC)));
      // end: schedule

      assertThat(nightly.stats().scheduled()).isEqualTo(1);
      assertThat(nightly.claim("worker", LONG)).isEmpty();
    }
  }

  @Test
  void a_caller_waits_for_the_result() throws InterruptedException {
    try (Belay belay = Belay.open(file)) {
      WorkQueue sums = belay.queue("sums");
      // snippet: result
      Worker adder = sums.worker((claim, context) -> context.result(add(claim.payload()))).start();

      long id = sums.enqueue(NewWork.of("1 + 2")).workId();
      Work done = sums.awaitFinished(id, Duration.ofMinutes(1)).orElseThrow(); // empty: not yet
      print(done.state() + " " + done.result());
      // end: result

      assertThat(done.state()).isEqualTo(WorkState.DONE);
      assertThat(done.result()).isEqualTo("3");
      adder.close();
    }
  }

  @Test
  void long_work_stops_when_it_is_cancelled() throws InterruptedException {
    try (Belay belay = Belay.open(file)) {
      WorkQueue exports = belay.queue("exports");
      // snippet: cancel
      Worker exporter =
          exports
              .worker(
                  (claim, context) -> {
                    while (context.isHeld() && !context.isCancelRequested()) {
                      exportNextPage();
                    }
                    if (context.isCancelRequested()) {
                      throw new IllegalStateException("cancelled"); // ends as CANCELLED
                    }
                  })
              .start();
      // end: cancel

      long id = exports.enqueue(NewWork.of("everything")).workId();
      exports.cancel(id);
      Work ended = exports.awaitFinished(id, LONG).orElseThrow();
      assertThat(ended.state()).isEqualTo(WorkState.CANCELLED);
      exporter.close();
    }
  }

  private void refuse(Claim claim, WorkContext context) {
    throw new IllegalStateException("no such mailbox: " + claim.payload());
  }

  private static String askModel(String question) {
    return "answer to " + question;
  }

  private static String add(String sum) {
    return sum.equals("1 + 2") ? "3" : "?";
  }

  private static void exportNextPage() {
    Thread.onSpinWait();
  }

  private static void print(String line) {
    System.out.println(line);
  }
}
