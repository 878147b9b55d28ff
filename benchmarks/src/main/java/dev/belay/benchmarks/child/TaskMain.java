package dev.belay.benchmarks.child;

import dev.belay.benchmarks.peer.QuietLog;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a child process starts: runs one {@link Task} as the parent bids. Belongs to the main
 * thread.
 *
 * <p>What is said, a line each: the child says {@code ready} when its task is prepared. The parent
 * asks {@code clock} and is answered {@code clock NANOS}, then says {@code go NANOS}. The child
 * answers {@code report …}, and closes its task when it hears {@code end}.
 */
public final class TaskMain {
  private TaskMain() {}

  /** The process that runs {@code task}, not yet started. */
  static ProcessBuilder in(JavaCommand java, Class<? extends Task> task, Values settings) {
    List<String> arguments = new ArrayList<>(settings.arguments());
    arguments.add(0, task.getName());
    return java.process(TaskMain.class, arguments);
  }

  /** Runs the task of the class that is named first, with the settings that follow. */
  public static void main(String[] arguments) throws Exception {
    QuietLog.warningsOnly();
    ParentLine parent = ParentLine.takeOver();
    List<String> all = List.of(arguments);
    Task task = (Task) Class.forName(all.get(0)).getDeclaredConstructor().newInstance();
    Values settings = Values.parse(all.subList(1, all.size()));
    task.prepare(settings);
    try (task) {
      parent.say("ready");
      long startNanos = hearStart(parent);
      parent.say("report " + task.run(settings, startNanos).line());
      parent.expect("end");
    }
    System.exit(0); // a task that leaves a thread behind must not keep the process
  }

  private static long hearStart(ParentLine parent) {
    while (true) {
      String line = parent.hear();
      if (line.startsWith("go ")) {
        return Long.parseLong(line.substring(3));
      }
      if (!line.equals("clock")) {
        throw new IllegalStateException("the parent said '" + line + "'");
      }
      parent.say("clock " + System.nanoTime());
    }
  }
}
