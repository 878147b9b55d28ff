package dev.belay.testing;

import dev.belay.BelayOptions;

/**
 * The options that tests open stores with: the defaults, but for the size of commit groups, which
 * {@code -Dbelay.commitGroupMax=…} sets for a whole run of the suite and all its children.
 * Stateless, safe for use by many threads.
 */
public final class TestOptions {
  static final String COMMIT_GROUP_MAX = "belay.commitGroupMax";

  private TestOptions() {}

  /** What {@link BelayOptions#defaults()} are in this run. */
  public static BelayOptions defaults() {
    return BelayOptions.defaults().withCommitGroupMax(commitGroupMax());
  }

  /** How many waiting writes may share a commit in this run. */
  public static int commitGroupMax() {
    return Integer.getInteger(COMMIT_GROUP_MAX, BelayOptions.COMMIT_GROUP_DEFAULT);
  }
}
