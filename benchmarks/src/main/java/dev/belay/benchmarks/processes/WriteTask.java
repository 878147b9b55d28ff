package dev.belay.benchmarks.processes;

import com.sun.management.OperatingSystemMXBean;
import dev.belay.benchmarks.child.Task;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.OwnSession;
import dev.belay.benchmarks.peer.SessionFile;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/**
 * A process whose callers write one file that other processes write too. Belongs to the main
 * thread.
 */
public final class WriteTask implements Task {
  private static final OperatingSystemMXBean CPU =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private Writer writer;
  private final List<OwnSession> sessions = new ArrayList<>();

  /** Opens, and writes so often that no class is left to load while the lock is held. */
  @Override
  public void prepare(Values settings) throws Exception {
    writer = WriterKind.of(settings.text("peer")).open(settings);
    for (int caller = 0; caller < settings.number("callers"); caller++) {
      sessions.add(SessionFile.session(settings.number("firstSession") + caller));
    }
    for (int i = 0; i < settings.number("warmUpWrites"); i++) {
      writer.write(0, sessions.get(0));
    }
  }

  @Override
  public Values run(Values settings, long startNanos) throws Exception {
    Window window =
        new Window(startNanos, settings.number("warmUpMs"), settings.number("measureMs"));
    LogLimit limit = new LogLimit(settings);
    List<Caller> all = new ArrayList<>();
    for (OwnSession session : sessions) {
      all.add(new Caller(writer, all.size(), session, settings.number("pauseMs"), window, limit));
    }
    ExecutorService threads = Executors.newFixedThreadPool(all.size() + 1);
    try {
      Future<Long> cpuBefore = threads.submit(() -> cpuAtBegin(window));
      for (Future<Caller> caller : threads.invokeAll(all)) {
        caller.get();
      }
      return report(all, CPU.getProcessCpuTime() - cpuBefore.get());
    } finally {
      threads.shutdownNow();
    }
  }

  /* What the warm-up costs is the compilers' more than the writes'. */
  private static long cpuAtBegin(Window window) {
    Pause.until(window.beginNanos());
    return CPU.getProcessCpuTime();
  }

  private static Values report(List<Caller> callers, long cpuNanos) {
    Histogram waits = new Histogram(callers.get(0).waits());
    SlowCalls slow = new SlowCalls();
    for (Caller caller : callers) {
      waits.add(caller.waits());
      slow.addAll(caller.slow());
    }
    return new Values()
        .with("writes", callers.stream().mapToLong(Caller::writes).sum())
        .with("cpuMicros", cpuNanos / 1_000)
        .with("waits", waits)
        .with("slow", slow.toString());
  }

  @Override
  public void close() throws SQLException {
    writer.close();
  }
}
