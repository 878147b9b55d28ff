package dev.belay.postgres;

import dev.belay.engine.GroupVerbs;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The verbs of many callers in one round trip. Safe for use by many threads. */
final class PgGroupVerbs implements GroupVerbs {
  /** The largest piece of a claim in a group: 16. */
  private static final int TAKE_MAX = 16;

  private final PgParts parts;
  private final PgNumbers numbers;
  private final Runnable outsideBody;
  private final PgGroupConnections connections;
  private final PgGroup<Append, Appended> appends;
  private final PgGroup<Addition, Long> additions;
  private final Map<String, PgGroup<Take, List<Taken>>> takes = new ConcurrentHashMap<>();
  private final PgGroup<Completion, Boolean> completions;
  private final String append;
  private final String add;
  private final String take;
  private final String complete;

  PgGroupVerbs(PgParts parts, PgNumbers numbers, Runnable outsideBody) {
    this.parts = parts;
    this.numbers = numbers;
    this.outsideBody = outsideBody;
    this.connections = new PgGroupConnections(parts.source(), parts.errors());
    this.append = inTransaction(PgGroupSql.APPEND);
    this.add = inTransaction(PgGroupSql.ADD);
    this.take = inTransaction(PgGroupSql.TAKE);
    this.complete = inTransaction(PgGroupSql.COMPLETE);
    this.appends =
        new PgGroup<>(connections, this::sendAppends, Append::session, PgGroupVerbs::bytes);
    this.additions =
        new PgGroup<>(
            connections, this::sendAdditions, one -> new Object(), Addition::payloadBytes);
    this.completions =
        new PgGroup<>(
            connections,
            this::sendCompletions,
            Completion::id,
            one -> one.result() == null ? 0 : one.result().length());
  }

  /** All statements of a text go to the server, and their answers come back, in one round trip. */
  private String inTransaction(String statement) {
    return "BEGIN; " + parts.begins().group() + "; " + statement + "; COMMIT";
  }

  private static long bytes(Append append) {
    long chars = append.state() == null ? 0 : append.state().length();
    for (Event event : append.events()) {
      chars += event.payload().length();
    }
    return chars;
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
  public long add(Addition member) {
    outsideBody.run();
    Long id = additions.call(member);
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
    List<Taken> taken = takes.computeIfAbsent(member.queue(), this::takesOf).call(member);
    return taken == null ? List.of() : taken;
  }

  private PgGroup<Take, List<Taken>> takesOf(String queue) {
    return new PgGroup<>(connections, this::sendTakes, one -> new Object(), one -> 0);
  }

  @Override
  public List<Boolean> complete(List<Completion> members) {
    outsideBody.run();
    List<Boolean> completed = completions.call(members).stream().map(Boolean.TRUE::equals).toList();
    if (completed.contains(true)) {
      parts.committed().run();
    }
    return completed;
  }

  void close() {
    connections.close();
  }

  private long nowMs() {
    return parts.clock().millis();
  }

  private List<@Nullable Appended> sendAppends(Connection connection, List<Append> members)
      throws SQLException {
    List<Object[]> events = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      List<Event> own = members.get(i).events();
      for (int j = 0; j < own.size(); j++) {
        events.add(
            new Object[] {(long) i + 1, (long) j + 1, own.get(j).type(), own.get(j).payload()});
      }
    }
    try (PreparedStatement statement = connection.prepareStatement(append)) {
      PgArrays array = new PgArrays(connection, statement);
      array.add("text", members, Append::session);
      array.add("bigint", members, one -> one.revision() == null ? -1L : one.revision());
      array.add("text", members, Append::operation);
      array.add("text", members, Append::hash);
      array.add("bigint", members, one -> (long) one.hashFormat());
      array.add("bigint", members, one -> (long) one.events().size());
      array.add("text", members, Append::state);
      for (int column = 0; column < 4; column++) {
        int at = column;
        array.add(column < 2 ? "bigint" : "text", events, event -> event[at]);
      }
      array.addLong(nowMs());
      List<@Nullable Appended> results = nothing(members.size());
      array.execute(
          row ->
              results.set(
                  row.getInt(1) - 1, new Appended(row.getLong(2), row.getLong(3), row.getLong(4))));
      return results;
    }
  }

  private List<@Nullable Long> sendAdditions(Connection connection, List<Addition> members)
      throws SQLException {
    long nowMs = nowMs();
    long first = numbers.take(members.size(), 0, nowMs);
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      ids.add(first + i);
    }
    try (PreparedStatement statement = connection.prepareStatement(add)) {
      PgArrays array = new PgArrays(connection, statement);
      array.add("bigint", ids, id -> id);
      array.add("text", members, Addition::queue);
      array.add("text", members, Addition::type);
      array.add("integer", members, Addition::priority);
      array.add("integer", members, Addition::attemptsMax);
      array.add("text", members, Addition::headers);
      array.add("text", members, Addition::payload);
      array.add("bigint", members, Addition::payloadBytes);
      array.addLong(nowMs);
      List<@Nullable Long> results = nothing(members.size());
      array.execute(row -> results.set(row.getInt(1) - 1, first + row.getInt(1) - 1));
      return results;
    }
  }

  private List<@Nullable List<Taken>> sendTakes(Connection connection, List<Take> members)
      throws SQLException {
    List<@Nullable List<Taken>> results = nothing(members.size());
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
    long nowMs = nowMs();
    long firstToken = numbers.take(slots.size(), 0, nowMs);
    try (PreparedStatement statement = connection.prepareStatement(take)) {
      PgArrays array = new PgArrays(connection, statement);
      array.addText(queue);
      array.addLong(slots.size());
      array.addLong(firstToken);
      array.addText(queue);
      array.addLong(nowMs);
      array.addText(queue);
      array.addLong(nowMs);
      array.addLong(firstToken);
      array.addLong(nowMs);
      array.addLong(nowMs);
      array.add("text", slots, Take::worker);
      array.add("bigint", slots, Take::ttlMs);
      array.execute(
          row -> {
            int member = memberOf.get(row.getInt(1) - 1);
            List<Taken> own = results.get(member);
            if (own == null) {
              own = new ArrayList<>();
              results.set(member, own);
            }
            own.add(taken(row, nowMs));
          });
      return results;
    }
  }

  private static Taken taken(ResultSet row, long nowMs) throws SQLException {
    return new Taken(
        row.getLong(2),
        row.getLong(3),
        row.getString(4),
        row.getString(5),
        row.getInt(6),
        row.getInt(7),
        row.getString(8),
        Instant.ofEpochMilli(nowMs),
        Instant.ofEpochMilli(row.getLong(9)));
  }

  private List<@Nullable Boolean> sendCompletions(Connection connection, List<Completion> members)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(complete)) {
      PgArrays array = new PgArrays(connection, statement);
      array.add("bigint", members, Completion::id);
      array.add("text", members, Completion::queue);
      array.add("bigint", members, Completion::token);
      array.add("text", members, Completion::result);
      array.addLong(nowMs());
      array.addLong(nowMs());
      List<@Nullable Boolean> results = nothing(members.size());
      array.execute(row -> results.set(row.getInt(1) - 1, true));
      return results;
    }
  }

  private static <R> List<@Nullable R> nothing(int size) {
    List<@Nullable R> results = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      results.add(null);
    }
    return results;
  }
}
