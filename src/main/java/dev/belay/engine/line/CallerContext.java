package dev.belay.engine.line;

import dev.belay.store.TxBody;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Carries what a caller's thread holds for it, such as a logging or a trace context, to the threads
 * that run the caller's code. Immutable, safe for use by many threads.
 *
 * @param capture as {@code BelayOptions.withContext} takes it, null: nothing is carried
 */
public record CallerContext(@Nullable Supplier<UnaryOperator<Runnable>> capture) {
  /** What gives tasks the context of the current thread, on whatever thread they run then. */
  public UnaryOperator<Runnable> ofCurrentThread() {
    if (capture == null) {
      return UnaryOperator.identity();
    }
    UnaryOperator<Runnable> wrapper =
        Objects.requireNonNull(capture.get(), "what BelayOptions.withContext captured");
    return task -> () -> Carried.run(wrapper, task);
  }

  /** The same body, in the context that {@code context} gives. */
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

  /** A task on its way through the application's wrapper. Belongs to the thread that runs it. */
  private static final class Carried implements Runnable {
    private final Runnable task;
    private final Thread thread = Thread.currentThread();
    private boolean ran;
    private @Nullable Throwable thrown;

    private Carried(Runnable task) {
      this.task = task;
    }

    /** Runs {@code task} once, and throws what it throws, whatever the wrapper does. */
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
        carried.run(); // a future that is waited for, or a hook, must not be lost
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
    }) // a checked exception, as it is
    private static <X extends Throwable> X asIs(Throwable thrown) throws X {
      throw (X) thrown;
    }
  }
}
