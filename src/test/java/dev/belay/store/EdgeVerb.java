package dev.belay.store;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.customizer.Define;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** The ways in which JDBI and JDBC run a statement. */
enum EdgeVerb {
  EXECUTE {
    @Override
    void run(Tx tx, String sql) {
      tx.handle().execute(sql);
    }
  },
  UPDATE {
    @Override
    void run(Tx tx, String sql) {
      tx.handle().createUpdate(sql).execute();
    }
  },
  QUERY_ONE {
    @Override
    void run(Tx tx, String sql) {
      tx.handle().createQuery(sql).mapToMap().findFirst();
    }
  },
  QUERY_LIST {
    @Override
    void run(Tx tx, String sql) {
      tx.handle().createQuery(sql).mapToMap().list();
    }
  },
  QUERY_HALF_READ {
    @Override
    void run(Tx tx, String sql) {
      Iterator<Map<String, Object>> rows = tx.handle().createQuery(sql).mapToMap().iterator();
      if (rows.hasNext()) {
        rows.next();
      }
    }
  },
  STREAM_LEFT {
    @Override
    void run(Tx tx, String sql) {
      tx.handle().createQuery(sql).mapToMap().stream().findFirst();
    }
  },
  PREPARED_BATCH {
    @Override
    void run(Tx tx, String sql) {
      tx.handle().prepareBatch(sql).bind("unused", 1).add().bind("unused", 2).add().execute();
    }
  },
  BATCH {
    @Override
    void run(Tx tx, String sql) {
      tx.handle().createBatch().add(sql).add(sql).execute();
    }
  },
  SCRIPT {
    @Override
    void run(Tx tx, String sql) {
      tx.handle().createScript(sql).execute();
    }
  },
  CALL {
    @Override
    void run(Tx tx, String sql) {
      tx.handle().createCall(sql).invoke();
    }
  },
  SQL_UPDATE {
    @Override
    void run(Tx tx, String sql) {
      tx.attach(AnyDao.class).update(sql);
    }
  },
  SQL_QUERY {
    @Override
    void run(Tx tx, String sql) {
      tx.attach(AnyDao.class).query(sql);
    }
  },
  SQL_BATCH {
    @Override
    void run(Tx tx, String sql) {
      tx.attach(AnyDao.class).batch(sql, List.of(1, 2));
    }
  },
  GET_HANDLE {
    @Override
    void run(Tx tx, String sql) {
      tx.attach(AnyDao.class).throughTheHandle(sql);
    }
  },
  RAW_STATEMENT {
    @Override
    void run(Tx tx, String sql) throws Exception {
      tx.handle().getConnection().createStatement().execute(sql);
    }
  },
  RAW_PREPARED {
    @Override
    void run(Tx tx, String sql) throws Exception {
      tx.handle().getConnection().prepareStatement(sql).execute();
    }
  },
  RAW_BATCH_LEFT {
    @Override
    void run(Tx tx, String sql) throws Exception {
      tx.handle().getConnection().prepareStatement(sql).addBatch();
    }
  };

  /** A DAO that runs whatever it is given. */
  public interface AnyDao extends SqlObject {
    @SqlUpdate("<sql>")
    int update(@Define("sql") String sql);

    @SqlQuery("<sql>")
    List<String> query(@Define("sql") String sql);

    @SqlBatch("<sql>")
    int[] batch(@Define("sql") String sql, List<Integer> unused);

    default void throughTheHandle(String sql) {
      getHandle().execute(sql);
    }
  }

  abstract void run(Tx tx, String sql) throws Exception;
}
