package dev.belay.queue;

import java.util.Objects;
import java.util.function.Function;

/**
 * Makes the commits of {@link WorkContext#commit} with the function that the other feature has
 * registered. Safe for use by many threads.
 */
final class HandlerCommitter {
  private volatile Function<HandlerCommit<?>, ?> committer = HandlerCommitter::refuse;

  /** Registers the function that makes the commits; it throws if a commit is refused. */
  void register(Function<HandlerCommit<?>, ?> committer) {
    this.committer = Objects.requireNonNull(committer, "committer");
  }

  /** As {@link WorkContext#commit}. */
  @SuppressWarnings("unchecked") // the only HandlerCommit and its committer agree
  <R> R commit(HandlerCommit<R> commit) {
    return (R) committer.apply(Objects.requireNonNull(commit, "commit"));
  }

  private static Object refuse(HandlerCommit<?> commit) {
    throw new IllegalArgumentException("no feature makes this commit: " + commit.getClass());
  }
}
