package dev.belay.queue;

import java.util.Objects;
import java.util.function.Function;

/**
 * Makes the commits of {@link WorkContext#commit}, by the function that their feature has
 * registered. Safe for use by many threads.
 */
final class HandlerCommitter {
  private volatile Function<HandlerCommit<?>, ?> committer = HandlerCommitter::refuse;

  /** Has commits made by {@code committer}, which throws if one is refused. */
  void register(Function<HandlerCommit<?>, ?> committer) {
    this.committer = Objects.requireNonNull(committer, "committer");
  }

  /** As {@link WorkContext#commit}. */
  @SuppressWarnings("unchecked") // the one HandlerCommit there is and its committer agree
  <R> R commit(HandlerCommit<R> commit) {
    return (R) committer.apply(Objects.requireNonNull(commit, "commit"));
  }

  private static Object refuse(HandlerCommit<?> commit) {
    throw new IllegalArgumentException("no feature makes this commit: " + commit.getClass());
  }
}
