package dev.belay.benchmarks.postgres;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.report.Sample;
import dev.belay.benchmarks.report.Samples;
import dev.belay.benchmarks.store.FsyncProbe;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A question, and how long an fsync takes on the server's disk in the same round. Immutable. */
record OnServer(Question question) implements Question {
  private static final int FSYNCS = 300;

  @Override
  public String name() {
    return question.name();
  }

  @Override
  public String base() {
    return question.base();
  }

  @Override
  public List<String> sizes() {
    return question.sizes();
  }

  @Override
  public int rounds(Effort effort) {
    return question.rounds(effort);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    double fsyncUs = FsyncProbe.medianUs(effort == Effort.SMOKE ? 1 : FSYNCS);
    samples.add(new Sample(name(), "beside", "disk", "fsync", "µs", round, fsyncUs));
    question.ask(round, effort, samples);
  }

  @Override
  public Map<String, String> versions() throws SQLException {
    return Map.of("postgresql", Server.version());
  }

  @Override
  public Question narrowed(Predicate<String> setting, Predicate<String> peer) {
    return new OnServer(question.narrowed(setting, peer));
  }
}
