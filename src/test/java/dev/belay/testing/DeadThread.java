package dev.belay.testing;

/** A thread that cannot be started, as on a machine that has reached its limit of threads. */
public final class DeadThread extends Thread {
  @Override
  public synchronized void start() {
    throw new OutOfMemoryError("unable to create native thread");
  }
}
