package dev.belay.queue;

import dev.belay.store.TextRule;

/** The {@link WorkContext} of a worker's handler. Safe for use by many threads. */
final class HandlerContext implements WorkContext {
  private final HeldClaim held;
  private final HandlerCommitter committer;

  HandlerContext(HeldClaim held, HandlerCommitter committer) {
    this.held = held;
    this.committer = committer;
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
    return held.cancelSignal().isRequested();
  }

  @Override
  public void onCancel(Runnable action) {
    held.cancelSignal().onRequest(action);
  }

  @Override
  public <R> R commit(HandlerCommit<R> commit) {
    return committer.commit(commit);
  }

  @Override
  public void result(String result) {
    held.result(TextRule.body("result", result));
  }
}
