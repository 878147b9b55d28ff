package dev.belay.testing;

import dev.belay.BelayOptions;

/**
 * The options with which tests open stores: the defaults, except for the size of commit groups,
 * which {@code -Dbelay.commitGroupMax=…} sets for a whole run of the suite and all its children.
 * Stateless, safe for use by many threads.
 */
public final class TestOptions {
  static final String COMMIT_GROUP_MAX = "belay.commitGroupMax";

  private TestOptions() {}

  /** Returns {@link BelayOptions#defaults()} with the settings of this run. */
  public static BelayOptions defaults() {
    return BelayOptions.defaults().withCommitGroupMax(commitGroupMax());
  }

  /** Returns the maximum number of waiting writes that share a commit in this run. */
  public static int commitGroupMax() {
    return Integer.getInteger(COMMIT_GROUP_MAX, BelayOptions.COMMIT_GROUP_DEFAULT);
  }
}
