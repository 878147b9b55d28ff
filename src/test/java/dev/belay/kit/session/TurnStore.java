package dev.belay.kit.session;

import dev.belay.kit.Form;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Acquisition.Granted;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Work;
import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionLine;
import dev.belay.session.Sessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A store with a session {@code s} at revision 1, a queue, and a manual clock. Belongs to one test.
 */
public final class TurnStore extends StoreExtension {
  /** How long claims and leases are held. */
  public static final Duration TTL = Duration.ofSeconds(30);

  /** The name of the queue. */
  public static final String QUEUE = "jobs";

  private static final int LIMIT = 1_000;

  private TurnStore(@Nullable Form form) {
    super(form);
    var unused = withManualClock();
  }

  /** A store on each form that the suite runs on. */
  public static TurnStore onEachForm() {
    return new TurnStore(null);
  }

  /** A store on that form only. */
  public static TurnStore on(Form form) {
    return new TurnStore(form);
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    super.beforeEach(context);
    sessions().commit(SessionCommit.to("s", 0).operation("first").append(event("a"))).orThrow();
  }

  /** The sessions. */
  public Sessions sessions() {
    return belay().sessions();
  }

  /** The queue. */
  public WorkQueue queue() {
    return belay().queue(QUEUE);
  }

  /** An event with that payload. */
  public static NewEvent event(String payload) {
    return NewEvent.of("message", payload);
  }

  /** New work in no lane, claimed as a grant of its own. */
  public Claim claimNew(String payload) {
    nextHandle().queue(QUEUE).enqueue(NewWork.of(payload));
    return nextHandle().queue(QUEUE).claim("a", TTL).orElseThrow();
  }

  /** New work in a lane, claimed as one grant. */
  public List<Claim> claimNewLane(String lane, String... payloads) {
    for (String payload : payloads) {
      nextHandle().queue(QUEUE).enqueue(NewWork.of(payload).withLane(lane));
    }
    return nextHandle().queue(QUEUE).claimLane(lane, "a", TTL, payloads.length);
  }

  /** Grants a free lease to that holder. */
  public Lease lease(String name, String holder) {
    if (nextHandle().leases().acquire(name, holder, TTL) instanceof Granted granted) {
      return granted.lease();
    }
    throw new IllegalStateException("lease " + name + " is held");
  }

  /** Returns the work of a claim, which must be there. */
  public Work work(Claim claim) {
    return nextHandle().queue(QUEUE).find(claim.workId()).orElseThrow();
  }

  /** Returns the revision of the session. */
  public long revision() {
    return nextHandle().sessions().find("s").orElseThrow().revision();
  }

  /** Returns all that the store shows of its sessions, leases and work. */
  public List<Object> everything() {
    List<Object> all = new ArrayList<>();
    for (SessionLine line : sessions().list(null, LIMIT)) {
      all.add(line);
      all.add(sessions().find(line.id()));
      all.addAll(sessions().events(line.id(), 0, LIMIT));
    }
    all.addAll(belay().leases().list(null, LIMIT));
    for (String name : belay().queues()) {
      WorkQueue each = belay().queue(name);
      for (WorkState state : WorkState.values()) {
        for (WorkLine line : each.list(state, 0, LIMIT)) {
          all.add(line);
          all.add(each.find(line.id()));
        }
      }
    }
    return all;
  }
}
