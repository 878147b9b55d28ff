package dev.belay.benchmarks.postgres;

import dev.belay.Belay;
import dev.belay.session.CommitOutcome;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;

/**
 * Belay's sessions, by the own verb or in bodies. Immutable.
 *
 * @param way how a commit is made
 */
record BelayCommits(String name, Way way) implements CommitPeer {
  /** Makes a commit. */
  interface Way {
    CommitOutcome commit(Belay belay, SessionCommit commit);
  }

  /** {@code Sessions.commit} without a Tx. */
  static CommitPeer ownVerb() {
    return new BelayCommits("belay", (belay, commit) -> belay.sessions().commit(commit));
  }

  /** The same in a body, which is a transaction of its own. */
  static CommitPeer bodies() {
    return new BelayCommits(
        "belay, bodies", (belay, commit) -> belay.write(tx -> belay.sessions().commit(tx, commit)));
  }

  /** The sessions of any peer: {@code session-0} and on. */
  static void create(Belay belay, int sessions) {
    belay.useWrite(
        tx -> {
          for (int i = 0; i < sessions; i++) {
            belay
                .sessions()
                .commit(tx, SessionCommit.to("session-" + i, 0).append(NewEvent.of(TYPE, PAYLOAD)))
                .orThrow();
          }
        });
  }

  @Override
  public Store open(Schema schema, Sync sync, int callers) {
    Belay belay = schema.openBelay(sync);
    create(belay, callers);
    return new Store() {
      @Override
      public void commit(int caller, long revision) {
        way.commit(
                belay,
                SessionCommit.to("session-" + caller, revision)
                    .operation("operation-" + revision)
                    .append(NewEvent.of(TYPE, PAYLOAD)))
            .orThrow();
      }

      @Override
      public void close() {
        belay.close();
      }
    };
  }
}
