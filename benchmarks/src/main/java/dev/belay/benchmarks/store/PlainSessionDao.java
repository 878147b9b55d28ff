package dev.belay.benchmarks.store;

import dev.belay.benchmarks.peer.SessionSql;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;

/**
 * The three statements as a user of plain JDBI writes them: no more methods than are used, because
 * attaching costs by the method. Belongs to the handle that it is attached to.
 */
interface PlainSessionDao {
  @SqlQuery(SessionSql.HEAD)
  @UseRowMapper(PlainHead.Mapper.class)
  PlainHead head(String id);

  @SqlUpdate(SessionSql.ADVANCE)
  int advance(long no, long revision, long leafSeq, long lastSeq, long nowMs);

  @SqlUpdate(SessionSql.APPEND)
  int append(
      long no,
      long seq,
      long parentSeq,
      long nowMs,
      @Nullable String eventId,
      String type,
      String payload);
}
