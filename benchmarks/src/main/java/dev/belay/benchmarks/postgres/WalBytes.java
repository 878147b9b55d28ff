package dev.belay.benchmarks.postgres;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.queue.QueuePeer;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;

/**
 * What an item of 200 bytes leaves behind when it has gone through a queue as in "pg queue": bytes
 * in the server's log, and rows that VACUUM has to take away. Immutable.
 *
 * <p>A checkpoint comes before each run and none in it, so the log has the full pages that every
 * run begins with. Rows are counted when they die, by update or by deletion, whether or not they
 * have been taken away since.
 */
final class WalBytes extends NamedQuestion {
  private static final String SETTING = "16 + 16 threads, fsync on, 200 B";

  private final List<QueuePeer<Schema>> peers;

  WalBytes(List<QueuePeer<Schema>> peers) {
    super("pg wal", "db-scheduler", 1);
    this.peers = peers;
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    boolean smoke = effort == Effort.SMOKE;
    List<QueuePeer<Schema>> asked = smoke ? peers.subList(0, 2) : peers;
    for (QueuePeer<Schema> peer : asked.stream().filter(each -> each.isHere(effort)).toList()) {
      try (Schema schema = new Schema()) {
        int items = peer.items(smoke ? effort : Effort.QUICK);
        schema.execute("CHECKPOINT");
        long before = lsn(schema);
        peer.run(schema, items);
        Figures figures = new Figures(samples, name(), SETTING, peer.name(), round);
        figures.add("WAL", "bytes/item", (double) (lsn(schema) - before) / items);
        figures.add("dead rows", "rows/item", (double) died(schema) / items);
      }
    }
  }

  private static long lsn(Schema schema) throws SQLException {
    return schema.number("SELECT pg_current_wal_insert_lsn() - '0/0'");
  }

  /** A connection tells its counts when it ends, which all of the peer's have done. */
  private static long died(Schema schema) throws SQLException {
    return schema.number(
        "SELECT COALESCE(SUM(n_tup_upd + n_tup_del), 0)::bigint FROM pg_stat_user_tables"
            + " WHERE schemaname = '"
            + schema.name()
            + "'");
  }

  @Override
  public Question narrowed(Predicate<String> setting, Predicate<String> peer) {
    return new WalBytes(
        peers.stream()
            .filter(each -> each.name().equals(base()) || peer.test(each.name()))
            .toList());
  }
}
