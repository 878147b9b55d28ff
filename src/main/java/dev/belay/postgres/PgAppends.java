package dev.belay.postgres;

import dev.belay.engine.GroupVerbs.Append;
import dev.belay.engine.GroupVerbs.Appended;
import dev.belay.engine.GroupVerbs.Event;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The appending commits of a group. Stateless, safe for use by many threads. */
final class PgAppends {
  private PgAppends() {}

  /** Returns the size of the payloads of a member, in chars. */
  static long bytes(Append append) {
    long chars = append.state() == null ? 0 : append.state().length();
    for (Event event : append.events()) {
      chars += event.payload().length();
    }
    return chars;
  }

  /** Sets the parameters of a call. Returns the reader of its answer. */
  static PgArrays.Reader fill(PgArrays call, List<Append> members, List<@Nullable Appended> results)
      throws SQLException {
    List<Object[]> events = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      List<Event> own = members.get(i).events();
      for (int j = 0; j < own.size(); j++) {
        events.add(
            new Object[] {(long) i + 1, (long) j + 1, own.get(j).type(), own.get(j).payload()});
      }
    }
    call.add("text", members, Append::session);
    call.add("bigint", members, one -> one.revision() == null ? -1L : one.revision());
    call.add("text", members, Append::operation);
    call.add("text", members, Append::hash);
    call.add("bigint", members, one -> (long) one.hashFormat());
    call.add("bigint", members, one -> (long) one.events().size());
    call.add("text", members, Append::state);
    for (int column = 0; column < 4; column++) {
      int at = column;
      call.add(column < 2 ? "bigint" : "text", events, event -> event[at]);
    }
    return row ->
        results.set(
            row.getInt(1) - 1, new Appended(row.getLong(2), row.getLong(3), row.getLong(4)));
  }
}
