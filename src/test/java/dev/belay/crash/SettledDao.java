package dev.belay.crash;

import java.util.List;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** A host's table of the work that it has seen settled, in that order. */
public interface SettledDao {
  /** Makes the table. It lets no work be settled twice. */
  @SqlUpdate(
      """
      CREATE TABLE settled (
        pos     INTEGER PRIMARY KEY AUTOINCREMENT,
        work_id INTEGER NOT NULL UNIQUE,
        token   INTEGER NOT NULL
      ) STRICT
      """)
  void create();

  /** Notes that work was settled under a token. */
  @SqlUpdate("INSERT INTO settled (work_id, token) VALUES (:workId, :token)")
  int add(@Bind("workId") long workId, @Bind("token") long token);

  /** The work, in the order in which it was settled. */
  @SqlQuery("SELECT work_id FROM settled ORDER BY pos")
  List<Long> workIds();

  /** The tokens, in the order in which work was settled. */
  @SqlQuery("SELECT token FROM settled ORDER BY pos")
  List<Long> tokens();
}
