package dev.belay.queue;

import dev.belay.store.TextRule;

/** What a handler sees of its run. Safe for use by many threads. */
final class HandlerContext implements WorkContext {
  private final HeldClaim held;
  private final Waiters waiters;

  HandlerContext(HeldClaim held, Waiters waiters) {
    this.held = held;
    this.waiters = waiters;
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
    return waiters.commit(commit);
  }

  @Override
  public void result(String result) {
    held.result(TextRule.body("result", result));
  }
}
