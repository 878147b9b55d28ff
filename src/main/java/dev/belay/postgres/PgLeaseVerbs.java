package dev.belay.postgres;

import dev.belay.engine.GroupVerbs.Acquired;
import dev.belay.engine.GroupVerbs.Grant;
import dev.belay.engine.GroupVerbs.Request;
import dev.belay.postgres.PgGroup.Members;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/** The leases of many callers in one round trip. Safe for use by many threads. */
final class PgLeaseVerbs {
  private final IntToLongFunction numbers;
  private final PgGroup<Request, Acquired> requests;
  private final PgGroup<Release, Boolean> releases;

  /**
   * Creates groups without members.
   *
   * @param numbers takes that many numbers that follow each other, and returns the first
   */
  PgLeaseVerbs(PgGroupConnections connections, IntToLongFunction numbers) {
    this.numbers = numbers;
    this.requests =
        new PgGroup<>(
            connections,
            PgLeaseSql.ACQUIRE,
            this::fillRequests,
            new Members<>(Request::name, one -> 0));
    this.releases =
        new PgGroup<>(
            connections,
            PgLeaseSql.RELEASE,
            PgLeaseVerbs::fillReleases,
            new Members<>(Release::name, one -> 0));
  }

  private record Release(String name, long token) {}

  @Nullable Acquired acquire(Request request) {
    return requests.call(request);
  }

  boolean release(String name, long token) {
    return Boolean.TRUE.equals(releases.call(new Release(name, token)));
  }

  private PgArrays.Reader fillRequests(
      PgArrays call, List<Request> members, List<@Nullable Acquired> results) throws SQLException {
    call.add("text", members, Request::name);
    call.add("text", members, Request::holder);
    call.add("bigint", members, Request::ttlMs);
    call.addLong(numbers.applyAsLong(members.size()));
    return row -> {
      int member = row.getInt(1) - 1;
      long token = row.getLong(2);
      Grant granted =
          token == 0
              ? null
              : new Grant(members.get(member).holder(), token, instant(row, 3), instant(row, 4));
      String holder = row.getString(5);
      Grant last =
          holder.isEmpty()
              ? null
              : new Grant(holder, row.getLong(6), instant(row, 7), instant(row, 8));
      results.set(member, new Acquired(granted, last));
    };
  }

  private static Instant instant(ResultSet row, int column) throws SQLException {
    return Instant.ofEpochMilli(row.getLong(column));
  }

  private static PgArrays.Reader fillReleases(
      PgArrays call, List<Release> members, List<@Nullable Boolean> results) throws SQLException {
    call.add("text", members, Release::name);
    call.add("bigint", members, Release::token);
    return row -> results.set(row.getInt(1) - 1, true);
  }
}
