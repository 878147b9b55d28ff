package dev.belay.benchmarks;

import dev.belay.benchmarks.store.GrowthQuestions;
import dev.belay.benchmarks.store.StoreQuestions;
import java.util.ArrayList;
import java.util.List;

/** Every question, in the order in which they are asked. Stateless. */
public final class AllQuestions {
  private AllQuestions() {}

  /** New ones; each belongs to one thread. */
  public static List<Question> list() {
    List<Question> all = new ArrayList<>(StoreQuestions.all());
    all.addAll(GrowthQuestions.all());
    return all;
  }
}
