package dev.belay.kit.crash;

import dev.belay.Belay;
import dev.belay.kit.Engine;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.testing.Parent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads that each enqueue work under the same keys, one after another, and say the answers: the
 * key, the kind of answer, the id. They enqueue {@value #KEYS} keys each time they are told the
 * first, and say {@code done} behind their answers.
 */
final class EnqueueingChild {
  static final String QUEUE = "keys";
  static final String PAYLOAD = "once";
  static final int KEYS = 20;

  private EnqueueingChild() {}

  /** The key of each round. */
  static String key(int round) {
    return "key-" + round;
  }

  /** Arguments: those of {@link Engine#open}, the number of threads. */
  public static void main(String[] args) throws Exception {
    Parent parent = new Parent();
    int threads = Integer.parseInt(args[2]);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try (Belay belay = Engine.open(args)) {
      WorkQueue queue = belay.queue(QUEUE);
      parent.say("ready");
      while (true) {
        int first = Integer.parseInt(parent.hear());
        Callable<List<String>> task = () -> enqueue(queue, first);
        for (Future<List<String>> thread : executor.invokeAll(Collections.nCopies(threads, task))) {
          thread.get().forEach(parent::say);
        }
        parent.say("done");
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private static List<String> enqueue(WorkQueue queue, int first) {
    List<String> answers = new ArrayList<>();
    for (int round = first; round < first + KEYS; round++) {
      Enqueued enqueued = queue.enqueue(NewWork.of(PAYLOAD).withKey(key(round)));
      answers.add(key(round) + " " + enqueued.getClass().getSimpleName() + " " + enqueued.workId());
    }
    return answers;
  }
}
