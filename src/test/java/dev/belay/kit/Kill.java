package dev.belay.kit;

import dev.belay.testing.ChildJvm;

/**
 * A way in which what a second process does ends in the middle. Stateless, safe for use by many
 * threads.
 *
 * <p>Besides the death of the process there is, where a server works for it, the death of what
 * works for it: the process lives on and goes on with new connections.
 */
public interface Kill {
  /** The process is killed as {@code kill -9} does. */
  Kill PROCESS = of("the process", (process, address) -> process.kill());

  /** What is killed, for reports. */
  String name();

  /**
   * Kills. When this returns, all that the process had begun in the store has been committed, or is
   * undone and holds no lock.
   */
  void strike(ChildJvm process, String address);

  /** A way with that name. */
  static Kill of(String name, Blow blow) {
    return new Kill() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void strike(ChildJvm process, String address) {
        blow.strike(process, address);
      }
    };
  }

  /** What a kill does; see {@link Kill#strike}. */
  interface Blow {
    /** As {@link Kill#strike}. */
    void strike(ChildJvm process, String address);
  }
}
