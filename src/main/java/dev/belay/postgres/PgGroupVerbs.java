package dev.belay.postgres;

import dev.belay.engine.GroupVerbs;
import dev.belay.postgres.PgGroup.Members;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The verbs of many callers in one round trip. Safe for use by many threads. */
final class PgGroupVerbs implements GroupVerbs {
  /** The largest number of claims that one member of a group takes: 64. */
  private static final int TAKE_MAX = 64;

  /** The maximum number of claims of one call: 256. */
  private static final int CALL_TAKES_MAX = 256;

  private final PgParts parts;
  private final PgNumbers numbers;
  private final Runnable outsideBody;
  private final PgGroupConnections connections;
  private final PgLeaseVerbs leases;
  private final PgGroup<Append, Appended> appends;
  private final PgGroup<Addition, Long> additions;
  private final PgGroup<Addition, Long> lanedAdditions;
  private final PgGroup<Take, List<Taken>> takes;
  private final PgGroup<Completion, Boolean> completions;
  private final PgGroup<Completion, Boolean> lanedCompletions;

  PgGroupVerbs(PgParts parts, PgNumbers numbers, Runnable outsideBody) {
    this.parts = parts;
    this.numbers = numbers;
    this.outsideBody = outsideBody;
    this.connections = new PgGroupConnections(parts);
    this.leases = new PgLeaseVerbs(connections, this::takeNumbers);
    this.appends =
        new PgGroup<>(
            connections,
            PgGroupSql.APPEND,
            this::fillAppends,
            new Members<>(Append::session, PgAppends::bytes));
    this.additions =
        new PgGroup<>(
            connections,
            PgGroupSql.ADD,
            this::fillAdditions,
            new Members<>(one -> new Object(), Addition::payloadBytes));
    this.lanedAdditions =
        new PgGroup<>(
            connections,
            PgLaneSql.ADD_IN_LANES,
            this::fillLanedAdditions,
            new Members<>(one -> Arrays.asList(one.queue(), one.lane()), Addition::payloadBytes));
    this.takes =
        new PgGroup<>(
            connections,
            PgGroupSql.TAKE,
            this::fillTakes,
            new Members<>(
                Take::queue,
                one -> new Object(),
                one -> one.max() * (PgGroup.BYTES_MAX / CALL_TAKES_MAX)));
    this.completions =
        new PgGroup<>(
            connections,
            PgGroupSql.COMPLETE,
            this::fillCompletions,
            new Members<>(Completion::id, PgGroupVerbs::bytes));
    this.lanedCompletions =
        new PgGroup<>(
            connections,
            PgLaneSql.COMPLETE_IN_LANES,
            this::fillLanedCompletions,
            new Members<>(one -> Arrays.asList(one.queue(), one.lane()), PgGroupVerbs::bytes));
  }

  private static long bytes(Completion completion) {
    return completion.result() == null ? 0 : completion.result().length();
  }

  @Override
  public @Nullable Appended append(Append member) {
    outsideBody.run();
    Appended appended = appends.call(member);
    if (appended != null) {
      parts.committed().run();
    }
    return appended;
  }

  @Override
  public @Nullable Acquired acquire(Request request) {
    outsideBody.run();
    return leases.acquire(request);
  }

  @Override
  public boolean release(String lease, long token) {
    outsideBody.run();
    return leases.release(lease, token);
  }

  @Override
  public long add(Addition member) {
    outsideBody.run();
    Long id = (member.lane() == null ? additions : lanedAdditions).call(member);
    if (id == null) {
      return 0;
    }
    parts.committed().run();
    return id;
  }

  @Override
  public List<Taken> take(Take member) {
    outsideBody.run();
    if (member.max() > TAKE_MAX) {
      return List.of();
    }
    List<Taken> taken = takes.call(member);
    return taken == null ? List.of() : taken;
  }

  @Override
  public List<Boolean> complete(List<Completion> members) {
    outsideBody.run();
    List<Boolean> completed = new ArrayList<>(Collections.nCopies(members.size(), false));
    complete(members, completions, one -> one.lane() == null, completed);
    complete(members, lanedCompletions, one -> one.lane() != null, completed);
    if (completed.contains(true)) {
      parts.committed().run();
    }
    return completed;
  }

  private static void complete(
      List<Completion> members,
      PgGroup<Completion, Boolean> group,
      Predicate<Completion> isOwn,
      List<Boolean> completed) {
    List<@Nullable Boolean> done = group.call(members.stream().filter(isOwn).toList());
    int next = 0;
    for (int i = 0; i < members.size(); i++) {
      if (isOwn.test(members.get(i))) {
        completed.set(i, Boolean.TRUE.equals(done.get(next++)));
      }
    }
  }

  /** See {@link PgGroupConnections#settle}. */
  boolean settle(long deadline) {
    return connections.settle(deadline);
  }

  void close() {
    connections.close();
  }

  private long takeNumbers(int count) {
    return numbers.take(count, 0, parts.clock().millis());
  }

  private PgArrays.Reader fillAppends(
      PgArrays call, List<Append> members, List<@Nullable Appended> results) throws SQLException {
    return PgAppends.fill(call, members, results);
  }

  private PgArrays.Reader fillAdditions(
      PgArrays call, List<Addition> members, List<@Nullable Long> results) throws SQLException {
    PgArrays.Reader reader = addIds(call, members, results);
    call.add("text", members, Addition::queue);
    addContent(call, members);
    return reader;
  }

  private PgArrays.Reader fillLanedAdditions(
      PgArrays call, List<Addition> members, List<@Nullable Long> results) throws SQLException {
    call.add("text", members, Addition::queue);
    call.add("text", members, Addition::lane);
    PgArrays.Reader reader = addIds(call, members, results);
    call.add("text", members, Addition::queue);
    call.add("text", members, Addition::lane);
    addContent(call, members);
    return reader;
  }

  private PgArrays.Reader addIds(
      PgArrays call, List<Addition> members, List<@Nullable Long> results) throws SQLException {
    long first = takeNumbers(members.size());
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      ids.add(first + i);
    }
    call.add("bigint", ids, id -> id);
    return row -> results.set(row.getInt(1) - 1, first + row.getInt(1) - 1);
  }

  private static void addContent(PgArrays call, List<Addition> members) throws SQLException {
    call.add("text", members, Addition::type);
    call.add("integer", members, Addition::priority);
    call.add("integer", members, Addition::attemptsMax);
    call.add("text", members, Addition::headers);
    call.add("text", members, Addition::payload);
    call.add("bigint", members, Addition::payloadBytes);
  }

  private PgArrays.Reader fillTakes(
      PgArrays call, List<Take> members, List<@Nullable List<Taken>> results) throws SQLException {
    String queue = members.get(0).queue();
    List<Take> slots = new ArrayList<>();
    List<Integer> memberOf = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      Take member = members.get(i);
      for (int j = 0; j < member.max(); j++) {
        slots.add(member);
        memberOf.add(i);
      }
    }
    long firstToken = takeNumbers(slots.size());
    call.addText(queue);
    call.addLong(slots.size());
    call.addText(queue);
    call.addLong(firstToken);
    call.add("text", slots, Take::worker);
    call.add("bigint", slots, Take::ttlMs);
    return row -> {
      int member = memberOf.get(row.getInt(1) - 1);
      List<Taken> own = results.get(member);
      if (own == null) {
        own = new ArrayList<>();
        results.set(member, own);
      }
      own.add(taken(row));
    };
  }

  private static Taken taken(ResultSet row) throws SQLException {
    return new Taken(
        row.getLong(2),
        row.getLong(3),
        row.getString(4),
        row.getString(5),
        row.getString(10),
        row.getInt(6),
        row.getInt(7),
        row.getString(8),
        Instant.ofEpochMilli(row.getLong(11)),
        Instant.ofEpochMilli(row.getLong(9)));
  }

  private PgArrays.Reader fillCompletions(
      PgArrays call, List<Completion> members, List<@Nullable Boolean> results)
      throws SQLException {
    call.add("bigint", members, Completion::id);
    call.add("text", members, Completion::queue);
    call.add("bigint", members, Completion::token);
    call.add("text", members, Completion::result);
    return row -> results.set(row.getInt(1) - 1, true);
  }

  private PgArrays.Reader fillLanedCompletions(
      PgArrays call, List<Completion> members, List<@Nullable Boolean> results)
      throws SQLException {
    call.add("text", members, Completion::queue);
    call.add("text", members, Completion::lane);
    call.add("bigint", members, Completion::id);
    call.add("text", members, Completion::queue);
    call.add("text", members, Completion::lane);
    call.add("bigint", members, Completion::token);
    call.add("text", members, Completion::result);
    call.add("text", members, Completion::queue);
    call.add("text", members, Completion::lane);
    return row -> results.set(row.getInt(1) - 1, true);
  }
}
