package dev.belay.store;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Two to six members, made from a seed; the same seed makes the same. Immutable. */
final class OracleBodies {
  private enum Ending {
    RETURNS,
    THROWS,
    ROLLS_BACK
  }

  private enum Kind {
    WRITE,
    FLOW,
    OWN_COMMIT,
    OWN_ENQUEUE,
    OWN_ENQUEUE_REFUSED
  }

  private record Numbered(OracleStep step, int number) {
    @Override
    public String toString() {
      return step + "(" + number + ")";
    }
  }

  private record Body(String name, Kind kind, List<Numbered> steps, Ending ending) {
    boolean isOwnVerb() {
      return kind != Kind.WRITE && kind != Kind.FLOW;
    }

    String trace(Belay belay, Tx tx) throws Exception {
      List<String> seen = new ArrayList<>();
      for (Numbered each : steps) {
        seen.add(each.step().run(belay, tx, each.number(), name));
      }
      if (ending == Ending.THROWS) {
        throw new IllegalArgumentException(name + " saw " + seen);
      }
      return seen.toString();
    }

    Member member(Belay belay) {
      return switch (kind) {
        case WRITE -> Member.write(name, tx -> trace(belay, tx));
        case FLOW ->
            Member.flow(
                name,
                tx ->
                    ending == Ending.ROLLS_BACK
                        ? TxOutcome.rollback(trace(belay, tx))
                        : TxOutcome.commit(trace(belay, tx)));
        case OWN_COMMIT ->
            Member.own(
                name,
                store ->
                    store
                        .sessions()
                        .commit(SessionCommit.to("own " + name, 0).append(NewEvent.of("t", name)))
                        .getClass()
                        .getSimpleName());
        case OWN_ENQUEUE -> Member.own(name, store -> enqueued(store, name));
        case OWN_ENQUEUE_REFUSED -> Member.own(name, store -> enqueued(store, "bad"));
      };
    }

    private static String enqueued(Belay store, String payload) {
      return store.queue("own").enqueue(NewWork.of(payload)).getClass().getSimpleName();
    }
  }

  private final List<Body> bodies = new ArrayList<>();

  private OracleBodies() {}

  /** The members of {@code seed}; {@code deferred}: for a schema with a deferred key. */
  static OracleBodies of(long seed, boolean deferred) {
    Random random = new Random(seed);
    List<OracleStep> steps = new ArrayList<>(List.of(OracleStep.values()));
    if (!deferred) {
      steps.remove(OracleStep.CHILD_LATER);
      steps.remove(OracleStep.CHILD_LATER_THEN_PARENT);
    }
    OracleBodies made = new OracleBodies();
    int count = 2 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      List<Numbered> numbered = new ArrayList<>();
      int length = 1 + random.nextInt(4);
      for (int j = 0; j < length; j++) {
        numbered.add(new Numbered(steps.get(random.nextInt(steps.size())), random.nextInt(4)));
      }
      // mostly users' bodies that return
      Kind kind = random.nextInt(5) > 0 ? users(random) : any(random);
      Ending ending = random.nextInt(3) > 0 ? Ending.RETURNS : ending(random);
      made.bodies.add(new Body("body" + i, kind, List.copyOf(numbered), ending));
    }
    return made;
  }

  private static Kind users(Random random) {
    return random.nextBoolean() ? Kind.WRITE : Kind.FLOW;
  }

  private static Kind any(Random random) {
    return Kind.values()[random.nextInt(Kind.values().length)];
  }

  private static Ending ending(Random random) {
    return Ending.values()[random.nextInt(Ending.values().length)];
  }

  List<Member> members(Belay belay) {
    return bodies.stream().map(body -> body.member(belay)).toList();
  }

  List<String> names() {
    return bodies.stream().map(Body::name).toList();
  }

  /**
   * The members in the order of {@code names}; own verbs, which touch nothing that a body touches,
   * come last.
   */
  List<Member> inOrder(List<String> names, Belay belay) {
    List<Member> ordered = new ArrayList<>();
    for (String name : names) {
      bodies.stream()
          .filter(body -> body.name().equals(name))
          .forEach(body -> ordered.add(body.member(belay)));
    }
    bodies.stream().filter(Body::isOwnVerb).forEach(body -> ordered.add(body.member(belay)));
    return ordered;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Body body : bodies) {
      text.append("  ").append(body.name()).append(' ').append(body.kind());
      if (!body.isOwnVerb()) {
        text.append(' ').append(body.steps()).append(' ').append(body.ending());
      }
      text.append('\n');
    }
    return text.toString();
  }
}
