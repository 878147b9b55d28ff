package dev.belay.postgres;

import dev.belay.postgres.HammerAudit.Change;
import dev.belay.postgres.HammerAudit.Told;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Replays the audit of the hammer and lists what breaks a rule. Belongs to one thread.
 *
 * <p>No rule compares a caller's clock with the server's. That a grant had lapsed when it was taken
 * away is judged by the instant of the transaction that took it, where that is known.
 */
final class HammerCheck {
  private static final String CLAIMED = "CLAIMED";
  private static final String DONE = "DONE";
  private static final Set<String> FINISHED = Set.of(DONE, "BURIED", "CANCELLED");

  private final List<String> violations = new ArrayList<>();
  private final Map<Long, Change> works = new HashMap<>();
  private final Map<String, TreeMap<Long, Change>> lines = new HashMap<>();
  private final Map<String, Long> tokens = new HashMap<>();
  private final Map<String, Change> leases = new HashMap<>();
  private final Set<String> granted = new HashSet<>();
  private final Set<String> returned = new HashSet<>();
  private final Map<Long, Long> doneWith = new HashMap<>();
  private long lapses;

  private HammerCheck() {}

  /**
   * The result.
   *
   * @param violations what breaks a rule
   * @param grants the number of claims and leases that were granted
   * @param lapses how many of them another one replaced
   */
  record Result(List<String> violations, int works, int grants, long lapses) {}

  static Result of(List<Change> changes, List<Told> told) {
    HammerCheck check = new HammerCheck();
    Map<String, String> writers = new HashMap<>();
    for (Change change : changes) {
      String lane = change.lease() ? null : change.resource();
      if (change.lease()) {
        check.lease(change);
      } else if (lane == null) {
        check.work(change);
      } else {
        String writer = writers.put(lane, change.xid());
        if (writer != null && !writer.equals(change.xid())) {
          check.line(lane);
        }
        check.work(change);
      }
    }
    writers.keySet().forEach(check::line);
    check.works.values().forEach(check::ended);
    told.forEach(check::told);
    check.unheard(told);
    return new Result(check.violations, check.works.size(), check.granted.size(), check.lapses);
  }

  private void require(boolean rule, String broken, Object where) {
    if (!rule) {
      violations.add(broken + ": " + where);
    }
  }

  private void work(Change change) {
    Change before = works.put(change.work(), change);
    String old = change.oldState();
    require(
        Objects.equals(old, before == null ? null : before.newState()),
        "a change that does not follow the one before",
        change);
    require(old == null || !FINISHED.contains(old), "moved after its end", change);
    require(change.newToken() >= change.oldToken(), "a token that shrinks", change);
    boolean isGrant =
        change.newState().equals(CLAIMED)
            && (!CLAIMED.equals(old) || change.newToken() != change.oldToken());
    if (isGrant) {
      grant(change);
    } else {
      require(change.newToken() == change.oldToken(), "a token without a grant", change);
    }
    if (CLAIMED.equals(old) && !change.newState().equals(CLAIMED)) {
      returned.add(change.work() + " " + change.oldToken());
    }
    if (change.newState().equals(DONE)) {
      require(CLAIMED.equals(old), "done without a claim", change);
      doneWith.put(change.work(), change.oldToken());
    }
    if (change.resource() != null) {
      position(change, change.resource());
    }
  }

  private void grant(Change change) {
    String resource =
        change.resource() == null ? Long.toString(change.work()) : "lane " + change.resource();
    long last = tokens.getOrDefault(resource, 0L);
    boolean joins =
        change.resource() != null
            && change.newToken() == last
            && lines.getOrDefault(change.resource(), new TreeMap<>()).values().stream()
                .anyMatch(one -> one.newState().equals(CLAIMED) && one.newToken() == last);
    require(change.newToken() > last || joins, "a token that does not grow", change);
    if (CLAIMED.equals(change.oldState())) {
      replaces(change);
    }
    tokens.put(resource, Math.max(last, change.newToken()));
    granted.add(change.work() + " " + change.newToken());
  }

  private void replaces(Change change) {
    lapses++;
    Long nowMs = change.nowMs();
    require(
        nowMs == null || change.oldUntil() <= nowMs, "a grant that replaces a live one", change);
  }

  private void position(Change change, String lane) {
    TreeMap<Long, Change> line = lines.computeIfAbsent(lane, key -> new TreeMap<>());
    if (change.oldPos() != 0) {
      require(
          change.newPos() == change.oldPos() || FINISHED.contains(change.newState()),
          "left its place in the line",
          change);
      if (change.newState().equals(DONE)) {
        require(line.firstKey() == change.oldPos(), "done before the work ahead of it", change);
      }
      line.remove(change.oldPos());
    } else if (change.newPos() != 0) {
      require(line.isEmpty() || line.lastKey() < change.newPos(), "joined before others", change);
    }
    if (change.newPos() != 0) {
      line.put(change.newPos(), change);
    }
  }

  /** Between two transactions: what is claimed is the head of the line, all with one token. */
  private void line(String lane) {
    boolean ends = false;
    long token = 0;
    for (Change one : lines.getOrDefault(lane, new TreeMap<>()).values()) {
      if (one.newState().equals(CLAIMED)) {
        require(!ends, "claimed behind work that is not", one);
        require(token == 0 || token == one.newToken(), "two grants of one lane", one);
        token = one.newToken();
      } else {
        ends = true;
      }
    }
  }

  private void lease(Change change) {
    String name = Objects.requireNonNull(change.resource());
    Change before = leases.put(name, change);
    long last = tokens.getOrDefault(name, 0L);
    if (change.newToken() == change.oldToken() && before != null) {
      require(
          change.newState().isEmpty() || change.newState().equals(change.oldState()),
          "a holder without a token of its own",
          change);
      return;
    }
    require(change.newToken() > last, "a lease's token that does not grow", change);
    if (change.oldState() != null && !change.oldState().isEmpty()) {
      replaces(change);
    }
    tokens.put(name, change.newToken());
    granted.add(name + " " + change.newToken());
  }

  private void ended(Change last) {
    require(FINISHED.contains(last.newState()), "work that never ended", last);
  }

  /** Work that no caller was told of was enqueued by a call whose outcome was unknown. */
  private void unheard(List<Told> told) {
    Set<Long> unheard = new HashSet<>(works.keySet());
    long unknown = 0;
    for (Told one : told) {
      if (one.verb().equals("enqueue")) {
        unheard.remove(one.work());
      }
      boolean mayEnqueue = one.verb().equals("enqueue") || one.verb().equals("complete");
      unknown += mayEnqueue && one.outcome().equals("unknown") ? 1 : 0;
    }
    require(
        unheard.size() <= unknown, "enqueued, though its caller was told that it is not", unheard);
  }

  private void told(Told told) {
    String claim = told.work() + " " + told.token();
    @Nullable Long done = doneWith.get(told.work());
    boolean isDone = done != null && done == told.token();
    switch (told.verb() + " " + told.outcome()) {
      case "enqueue told" -> require(works.containsKey(told.work()), "enqueued, but lost", told);
      case "claim told" -> require(granted.contains(claim), "claimed, but lost", told);
      case "lease told" ->
          require(granted.contains(told.text() + " " + told.token()), "leased, but lost", told);
      case "complete told" -> require(isDone, "completed, but not done", told);
      case "complete refused" -> require(!isDone, "told that it is lost, but done", told);
      case "back told" -> require(returned.contains(claim), "given back, but not there", told);
      case "unexpected told" -> violations.add(told.text());
      default -> {} // nothing was promised
    }
  }
}
