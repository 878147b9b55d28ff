package dev.belay.queue;

import dev.belay.store.TextRule;

/** What a handler sees of its run. Safe for use by many threads. */
final class HandlerContext implements WorkContext {
  private final HeldClaim held;
  private final HandlerCommits commits;

  HandlerContext(HeldClaim held, HandlerCommits commits) {
    this.held = held;
    this.commits = commits;
  }

  @Override
  public Claim claim() {
    return held.claim();
  }

  @Override
  public boolean isHeld() {
    return held.isHeld();
  }

  @Override
  public boolean isCancelRequested() {
    return held.cancelWish().isRequested();
  }

  @Override
  public void onCancel(Runnable action) {
    held.cancelWish().onRequest(action);
  }

  @Override
  public <R> R commit(HandlerCommit<R> commit) {
    return commits.commit(commit);
  }

  @Override
  public void result(String result) {
    held.result(TextRule.body("result", result));
  }
}
