package dev.belay.engine.line;

import dev.belay.store.TxBody;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Carries the context of a caller's thread, such as a logging or a trace context, to the threads
 * that run the caller's code. Immutable, safe for use by many threads.
 *
 * @param capture the supplier given to {@code BelayOptions.withContext}; null if nothing is carried
 */
public record CallerContext(@Nullable Supplier<UnaryOperator<Runnable>> capture) {
  /**
   * Returns a wrapper that gives a task the context of the current thread, on whichever thread the
   * task runs later.
   */
  public UnaryOperator<Runnable> ofCurrentThread() {
    if (capture == null) {
      return UnaryOperator.identity();
    }
    UnaryOperator<Runnable> wrapper =
        Objects.requireNonNull(capture.get(), "what BelayOptions.withContext captured");
    return task -> () -> Carried.run(wrapper, task);
  }

  /** Returns a body that runs {@code body} in the context that {@code context} gives. */
  static TxBody<?, ?> carry(TxBody<?, ?> body, UnaryOperator<Runnable> context) {
    return tx -> {
      AtomicReference<@Nullable Object> value = new AtomicReference<>();
      context
          .apply(
              () -> {
                try {
                  value.set(body.run(tx));
                } catch (Exception e) {
                  throw Carried.<RuntimeException>asIs(e);
                }
              })
          .run();
      return value.get();
    };
  }

  /** A task inside the application's wrapper. Belongs to the thread that runs it. */
  private static final class Carried implements Runnable {
    private final Runnable task;
    private final Thread thread = Thread.currentThread();
    private boolean ran;
    private @Nullable Throwable thrown;

    private Carried(Runnable task) {
      this.task = task;
    }

    /** Runs {@code task} exactly once and throws what it throws, whatever the wrapper does. */
    static void run(UnaryOperator<Runnable> wrapper, Runnable task) {
      Carried carried = new Carried(task);
      try {
        wrapper.apply(carried).run();
      } catch (Throwable e) {
        if (carried.thrown == null) {
          SafeLog.log(Level.ERROR, "what BelayOptions.withContext was given failed", e);
        }
      }
      if (!carried.ran) {
        carried.run(); // a hook, or a future that a caller waits for, must not be lost
      }
      if (carried.thrown != null) {
        throw Carried.<RuntimeException>asIs(carried.thrown);
      }
    }

    @Override
    public void run() {
      if (ran || Thread.currentThread() != thread) {
        throw new IllegalStateException(
            "what BelayOptions.withContext wraps runs once, on the thread that runs the wrapper");
      }
      ran = true;
      try {
        task.run();
      } catch (Throwable e) {
        thrown = e;
        throw e;
      }
    }

    @SuppressWarnings({
      "unchecked",
      "TypeParameterUnusedInFormals"
    }) // throws a checked exception without wrapping it
    private static <X extends Throwable> X asIs(Throwable thrown) throws X {
      throw (X) thrown;
    }
  }
}
