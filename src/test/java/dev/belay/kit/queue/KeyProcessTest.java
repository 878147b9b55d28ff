package dev.belay.kit.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.Engine;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Parent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The same key from many threads of many processes at once, in rounds that begin together: one of
 * them adds the work, all get its id, and other content is a conflict for all.
 */
@NeedsSharing
@OnEachForm(slow = true)
class KeyProcessTest {
  private static final int PROCESSES = 4;
  private static final int THREADS = 8;
  private static final int ROUNDS = 15;

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  @Test
  void one_of_many_adds_the_work_and_all_get_its_id() {
    List<ChildJvm> senders = new ArrayList<>();
    Belay belay = store.belay();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        senders.add(store.child(KeyProcessTest.class).start());
      }
      senders.forEach(sender -> sender.expect("ready"));
      WorkQueue queue = belay.queue("jobs");
      for (int round = 0; round < ROUNDS; round++) {
        String key = "k" + round;
        senders.forEach(sender -> sender.send(key));
        List<String> answers = new ArrayList<>();
        senders.forEach(sender -> answers.addAll(List.of(sender.readLine().split("; ", -1))));

        long id = queue.findByKey(key).orElseThrow().id();
        assertThat(answers).hasSize(PROCESSES * THREADS);
        assertThat(answers).containsOnlyOnce(new Enqueued.Added(id).toString());
        assertThat(answers)
            .filteredOn(new Enqueued.Duplicate(id, WorkState.READY).toString()::equals)
            .hasSize(PROCESSES * THREADS - 1);
        assertThat(queue.enqueue(NewWork.of("other").withKey(key)))
            .isEqualTo(new Enqueued.KeyConflict(id));
      }
      assertThat(queue.stats().ready()).isEqualTo(ROUNDS);
    } finally {
      senders.forEach(ChildJvm::close);
    }
  }

  /** The child: enqueues work under each key that it hears, from all its threads, in one store. */
  public static void main(String[] args) throws Exception {
    Parent parent = new Parent();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (Belay belay = Engine.open(args)) {
      WorkQueue queue = belay.queue("jobs");
      parent.say("ready");
      while (true) {
        NewWork work = NewWork.of("p").withKey(parent.hear());
        Callable<Enqueued> enqueue = () -> queue.enqueue(work);
        List<String> answers = new ArrayList<>();
        for (Future<Enqueued> answer : threads.invokeAll(Collections.nCopies(THREADS, enqueue))) {
          answers.add(answer.get().toString());
        }
        parent.say(String.join("; ", answers));
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
