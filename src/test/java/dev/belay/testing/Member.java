package dev.belay.testing;

import dev.belay.Belay;
import dev.belay.store.Tx;
import dev.belay.store.TxBody;
import dev.belay.store.TxOutcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A named write that is submitted to a store together with others. Used by one thread. */
public final class Member {
  private interface Start {
    CompletableFuture<?> in(Belay belay, Consumer<Tx> ran);
  }

  private final String name;
  private final Start start;

  private Member(String name, Start start) {
    this.name = name;
    this.start = start;
  }

  /** Returns a body of {@code write}. */
  public static <T extends @Nullable Object> Member write(String name, TxBody<T, ?> body) {
    return new Member(
        name,
        (belay, ran) ->
            belay
                .tx()
                .writeAsync(
                    tx -> {
                      ran.accept(tx);
                      return body.run(tx);
                    }));
  }

  /** Returns a body of {@code writeFlow}. */
  public static <T extends @Nullable Object> Member flow(
      String name, TxBody<TxOutcome<T>, ?> body) {
    return new Member(
        name,
        (belay, ran) ->
            belay
                .tx()
                .<T>writeFlowAsync(
                    tx -> {
                      ran.accept(tx);
                      return body.run(tx);
                    }));
  }

  /** Returns a verb of Belay without a {@code Tx}, which waits on a thread of its own. */
  public static Member own(String name, Function<Belay, ?> verb) {
    return new Member(
        name,
        (belay, ran) -> {
          CompletableFuture<Object> answer = new CompletableFuture<>();
          Thread caller = new Thread(() -> complete(answer, belay, verb), "own verb " + name);
          caller.setDaemon(true);
          caller.start();
          awaitParked(caller);
          return answer;
        });
  }

  private static void complete(
      CompletableFuture<Object> answer, Belay belay, Function<Belay, ?> verb) {
    try {
      answer.complete(verb.apply(belay));
    } catch (Throwable e) {
      answer.completeExceptionally(e);
    }
  }

  /** Waits until the caller waits in line, or already has its result. */
  private static void awaitParked(Thread caller) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (caller.getState() != Thread.State.WAITING
        && caller.getState() != Thread.State.TERMINATED) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("a verb neither waited nor ended for a minute");
      }
      LockSupport.parkNanos(50_000);
    }
  }

  String name() {
    return name;
  }

  CompletableFuture<?> start(Belay belay, Consumer<Tx> ran) {
    return start.in(belay, ran);
  }
}
