package dev.belay.queue;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A handler that runs in the context of the thread that started its worker. Safe for use by many
 * threads if the wrapped handler is.
 */
record CarriedHandler(WorkHandler handler, UnaryOperator<Runnable> context) implements WorkHandler {
  @Override
  public void handle(Claim claim, WorkContext work) throws Exception {
    AtomicReference<@Nullable Exception> thrown = new AtomicReference<>();
    context
        .apply(
            () -> {
              try {
                handler.handle(claim, work);
              } catch (Exception e) {
                thrown.set(e);
              }
            })
        .run();
    Exception failure = thrown.get();
    if (failure != null) {
      throw failure;
    }
  }
}
