package dev.belay.examples;

import java.util.List;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** An application's own table, which lies in the same file as Belay's. */
// snippet: dao
public interface NoteDao {
  @SqlUpdate("INSERT INTO note (session, text) VALUES (:session, :text)")
  int add(@Bind("session") String session, @Bind("text") String text);

  @SqlQuery("SELECT text FROM note WHERE session = :session ORDER BY rowid")
  List<String> of(@Bind("session") String session);
}
// end: dao
