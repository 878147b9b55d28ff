package dev.belay.benchmarks;

/** A question whose name, base and number of rounds are fixed. Belongs to one thread. */
public abstract class NamedQuestion implements Question {
  private final String name;
  private final String base;
  private final int roundsFull;

  /**
   * Fixes them.
   *
   * @param roundsFull how many rounds are enough with full effort; else it is one
   */
  protected NamedQuestion(String name, String base, int roundsFull) {
    this.name = name;
    this.base = base;
    this.roundsFull = roundsFull;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String base() {
    return base;
  }

  @Override
  public final int rounds(Effort effort) {
    return effort == Effort.FULL ? roundsFull : 1;
  }
}
