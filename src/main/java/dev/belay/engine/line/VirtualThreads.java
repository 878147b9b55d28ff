package dev.belay.engine.line;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes virtual threads from platform threads on every JDK from 17. Stateless, safe for use
 * by many threads.
 *
 * <p>A virtual thread never runs a body itself. A native driver holds the carrier of the thread for
 * as long as it waits, and a few such waits stop every virtual thread of the process.
 */
public final class VirtualThreads {
  private static final @Nullable MethodHandle IS_VIRTUAL = find();

  private VirtualThreads() {}

  public static boolean isCurrent() {
    if (IS_VIRTUAL == null) {
      return false;
    }
    try {
      return (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
    } catch (Throwable e) {
      throw new IllegalStateException("Thread.isVirtual failed", e);
    }
  }

  private static @Nullable MethodHandle find() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
    } catch (NoSuchMethodException e) {
      return null; // a JDK before 21 has none
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
