package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.child.Child;
import dev.belay.benchmarks.child.Children;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.Place;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * How long does work that one process enqueues wait for the idle worker of another? Belongs to one
 * thread.
 *
 * <p>Counted from just before the call that enqueues to the first statement of the handler. Both
 * read {@link System#nanoTime}, which is one clock for all processes of a Linux machine; {@link
 * Child} checks that it is. The pauses are random, so that they do not march with a poll.
 */
public final class OtherProcessWake<S extends Place> extends NamedQuestion {
  private final String durability;
  private final List<Peer> peers;
  private final Supplier<S> places;
  private final Function<S, String> text;

  /**
   * A queue to be measured.
   *
   * @param isHere whether it can be measured on this machine; if not, it has said why
   */
  public record Peer(String name, Class<? extends WakeQueue> queue, Predicate<Effort> isHere) {
    /** One that needs nothing. */
    public Peer(String name, Class<? extends WakeQueue> queue) {
      this(name, queue, effort -> true);
    }
  }

  /**
   * Creates a question, whose base is the first peer.
   *
   * @param durability as in the setting
   * @param places makes a place for each store
   * @param text the place as its queue is told
   */
  public OtherProcessWake(
      String name,
      String durability,
      List<Peer> peers,
      Supplier<S> places,
      Function<S, String> text) {
    super(name, peers.get(0).name(), 2);
    this.durability = durability;
    this.peers = peers;
    this.places = places;
    this.text = text;
  }

  /** On a file. */
  public static OtherProcessWake<Scratch> onFiles() {
    return new OtherProcessWake<>(
        "wake other process",
        "NORMAL",
        List.of(new Peer("belay", BelayWakeQueue.class)),
        Scratch::new,
        folder -> folder.file().toString());
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    String setting = "1 worker, work every 5–20 ms, " + durability;
    for (Peer peer : peers.stream().filter(each -> each.isHere.test(effort)).toList()) {
      Figures figures = new Figures(samples, name(), setting, peer.name(), round);
      switch (effort) {
        case SMOKE -> ask(peer, 0, 100, figures);
        case QUICK -> ask(peer, 1_000, 4_000, figures);
        case FULL -> ask(peer, 2_000, 10_000, figures);
      }
    }
  }

  private void ask(Peer peer, int warmUpMs, int measureMs, Figures figures) throws Exception {
    try (Scratch scratch = new Scratch();
        S place = places.get();
        Children children = new Children(scratch)) {
      String type = peer.queue.getName();
      String store = WakeTask.newQueue(type).create(text.apply(place));
      Values settings =
          Values.of(scratch.file())
              .with("queue", type)
              .with("store", store)
              .with("warmUpMs", warmUpMs)
              .with("measureMs", measureMs);
      children.start(HandleTask.class, settings);
      children.start(EnqueueTask.class, settings);
      children.go();
      record(children.reports(Duration.ofMillis(warmUpMs + measureMs)), figures);
    }
  }

  private static void record(List<Values> reports, Figures figures) {
    Values handled = reports.get(0);
    Values enqueued = reports.get(1);
    if (handled.count("works") != enqueued.count("works")) {
      throw new IllegalStateException(
          enqueued.count("works") + " enqueued, but " + handled.count("works") + " handled");
    }
    Histogram ages = handled.histogram("ages");
    figures.addNanos("p50", ages.getValueAtPercentile(50));
    figures.addNanos("p99", ages.getValueAtPercentile(99));
    figures.addNanos("max", ages.getMaxValue());
    Histogram calls = enqueued.histogram("calls");
    figures.addNanos("enqueue p50", calls.getValueAtPercentile(50));
  }
}
