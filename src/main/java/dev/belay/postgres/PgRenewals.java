package dev.belay.postgres;

import dev.belay.engine.Renewals;
import dev.belay.engine.Renewals.ClaimGrant;
import dev.belay.engine.Renewals.Grant;
import dev.belay.engine.Renewals.LeaseGrant;
import dev.belay.engine.Renewals.Renewed;
import dev.belay.engine.jdbc.CurrentConnection;
import dev.belay.engine.line.ConnectionExecutor;
import dev.belay.engine.line.Reports;
import dev.belay.engine.line.Request;
import dev.belay.engine.line.Source;
import dev.belay.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Renewals that wait in one line, in one round trip. Belongs to the thread that owns the
 * connection.
 *
 * <p>The call never waits for a row. What it did not renew is left to the bodies, which know every
 * case. They also run if the call fails: a grant that is renewed twice is renewed.
 */
final class PgRenewals {
  /** The number of grants from which on no further caller is added to a call: 64. */
  private static final int GRANTS_MAX = 64;

  private final PgParts parts;
  private final CurrentConnection current;
  private final Consumer<Request<?>> alone;
  private final @Nullable ConnectionExecutor waits;
  private final String text;

  /** The requests that the current call has taken. */
  private final List<Request<?>> started = new ArrayList<>(GRANTS_MAX + 1);

  /**
   * Creates a combiner that has no renewals.
   *
   * @param alone runs the body of a started request here
   * @param waits runs the renewals that may wait for a lock; null: no renewals are combined here
   */
  PgRenewals(
      PgParts parts,
      CurrentConnection current,
      Consumer<Request<?>> alone,
      @Nullable ConnectionExecutor waits) {
    this.parts = parts;
    this.current = current;
    this.alone = alone;
    this.waits = waits;
    this.text = parts.begins().call(PgGroupSql.RENEW_LEASES + "; " + PgGroupSql.RENEW_CLAIMS);
  }

  /** The renewals of one caller in a call. */
  private record Member(Request<?> request, Renewals<?> renewals, List<Grant> grants) {
    /** Returns the member of {@code request}; null if its body has to run in any case. */
    static @Nullable Member of(Request<?> request) {
      if (!(request.body() instanceof Renewals<?> renewals)) {
        return null;
      }
      try {
        List<Grant> grants = renewals.grants();
        return grants.isEmpty() ? null : new Member(request, renewals, grants);
      } catch (RuntimeException e) {
        return null; // the body refuses it in the same way
      }
    }

    Set<Object> keys() {
      Set<Object> keys = new HashSet<>();
      for (Grant grant : grants) {
        keys.add(grant instanceof ClaimGrant claim ? claim.id() : ((LeaseGrant) grant).name());
      }
      return keys;
    }
  }

  /** A grant of a call. {@code place} is its place among all. */
  private record Placed<G extends Grant>(long place, G grant) {}

  /** Serves {@code first}, which has been started, with the renewals that wait behind it. */
  void serve(Request<?> first, Source source) {
    started.add(first);
    try {
      if (isCombined(first)) {
        serveTogether(source);
      }
      for (Request<?> request : started) {
        if (!request.isDone()) {
          serveAlone(request);
        }
      }
    } finally {
      started.clear(); // keeps no body, and so no class of a caller
    }
  }

  private void serveTogether(Source source) {
    current.bodyStarts();
    try {
      renew(gather(source));
    } catch (Throwable e) { // the bodies run
      current.discard();
      if (!(e instanceof SQLException || e instanceof StoreException)) {
        Reports.report(e);
      }
    } finally {
      current.bodyEnds();
    }
  }

  /** A verb of its own may wait for a lock, but not here, where others wait behind it. */
  private void serveAlone(Request<?> request) {
    ConnectionExecutor others = waits;
    if (others == null) {
      alone.accept(request);
      return;
    }
    try {
      others.submit(request.again());
    } catch (Throwable e) {
      request.fail(e, parts.callbacks());
    }
  }

  private boolean isCombined(Request<?> request) {
    return waits != null && request.body() instanceof Renewals && !parts.store().isObserved();
  }

  /** Takes requests until a call is full, or until one has to run alone. */
  private List<Member> gather(Source source) {
    List<Member> members = new ArrayList<>();
    Set<Object> keys = new HashSet<>();
    for (Request<?> next = started.get(0); next != null; next = next(source)) {
      Member member = Member.of(next);
      if (member == null || !Collections.disjoint(keys, member.keys())) {
        break; // in a call with its twin, one of the two would not get its expiry
      }
      members.add(member);
      keys.addAll(member.keys());
      if (keys.size() >= GRANTS_MAX) {
        break;
      }
    }
    return members;
  }

  private @Nullable Request<?> next(Source source) {
    for (Request<?> next = source.next(); next != null; next = source.next()) {
      if (next.start()) {
        started.add(next);
        return next;
      }
    }
    return null;
  }

  private void renew(List<Member> members) throws SQLException {
    if (members.isEmpty()) {
      return;
    }
    PgConnectionDriver driver = (PgConnectionDriver) current.get().driver();
    driver.commitsEach(); // the call has its own BEGIN and COMMIT
    List<@Nullable Renewed> renewed =
        send(driver, members.stream().flatMap(one -> one.grants.stream()).toList());
    parts.committed().run();
    int place = 0;
    for (Member member : members) {
      int end = place + member.grants.size();
      if (member.renewals.take(renewed.subList(place, end))) {
        member.request.succeed(member.renewals.result(), parts.callbacks());
      }
      place = end;
    }
  }

  private List<@Nullable Renewed> send(PgConnectionDriver driver, List<Grant> grants)
      throws SQLException {
    Connection connection = driver.jdbc();
    try (PreparedStatement statement = connection.prepareStatement(driver.text(text))) {
      PgArrays array = new PgArrays(parts, connection, statement);
      List<Placed<LeaseGrant>> leases = placed(grants, LeaseGrant.class);
      array.add("bigint", leases, Placed::place);
      array.add("text", leases, lease -> lease.grant.name());
      add(array, leases, LeaseGrant::token);
      List<Placed<ClaimGrant>> claims = placed(grants, ClaimGrant.class);
      array.add("bigint", claims, Placed::place);
      array.add("bigint", claims, claim -> claim.grant.id());
      array.add("text", claims, claim -> claim.grant.queue());
      add(array, claims, ClaimGrant::token);
      @Nullable Renewed[] renewed = new @Nullable Renewed[grants.size()];
      array.execute(
          row ->
              renewed[row.getInt(1)] =
                  new Renewed(
                      row.getString(2), row.getLong(3), row.getLong(4), row.getInt(5) != 0));
      return Arrays.asList(renewed);
    }
  }

  private static <G extends Grant> void add(
      PgArrays array, List<Placed<G>> grants, Function<G, @Nullable Object> token)
      throws SQLException {
    array.add("bigint", grants, one -> token.apply(one.grant));
    array.add("bigint", grants, one -> one.grant.ttlMs());
  }

  private static <G extends Grant> List<Placed<G>> placed(List<Grant> grants, Class<G> type) {
    List<Placed<G>> placed = new ArrayList<>();
    for (int i = 0; i < grants.size(); i++) {
      if (type.isInstance(grants.get(i))) {
        placed.add(new Placed<>(i, type.cast(grants.get(i))));
      }
    }
    return placed;
  }
}
