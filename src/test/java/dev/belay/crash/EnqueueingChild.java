package dev.belay.crash;

import dev.belay.Belay;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.testing.Parent;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads that each enqueue work under the same keys, one after another, and say what came of each:
 * the key, the kind of answer, the id.
 */
final class EnqueueingChild {
  static final String QUEUE = "keys";
  static final String PAYLOAD = "once";

  private EnqueueingChild() {}

  /** The key of each round. */
  static String key(int round) {
    return "key-" + round;
  }

  /** Arguments: the file, the number of threads, the number of keys. */
  public static void main(String[] args) throws Exception {
    Parent parent = new Parent();
    int threads = Integer.parseInt(args[1]);
    int keys = Integer.parseInt(args[2]);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try (Belay belay = Belay.open(Path.of(args[0]), TestOptions.defaults())) {
      WorkQueue queue = belay.queue(QUEUE);
      parent.say("ready");
      parent.hear();
      parent.follow();
      Callable<List<String>> task = () -> enqueue(queue, keys);
      List<Future<List<String>>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(executor.submit(task));
      }
      for (Future<List<String>> thread : running) {
        thread.get().forEach(parent::say);
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private static List<String> enqueue(WorkQueue queue, int keys) {
    List<String> answers = new ArrayList<>();
    for (int round = 0; round < keys; round++) {
      Enqueued enqueued = queue.enqueue(NewWork.of(PAYLOAD).withKey(key(round)));
      answers.add(key(round) + " " + enqueued.getClass().getSimpleName() + " " + enqueued.workId());
    }
    return answers;
  }
}
