package dev.belay.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.StoreCorruptException;
import java.util.function.Consumer;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The rows of sessions: what the schema refuses, and what is corrupt. */
@NullUnmarked // set up before each test
class StoredSessionTest {
  private static final String EMOJI = "\uD83D\uDE80";

  @RegisterExtension final StoreExtension store = StoreExtension.on(SqliteEngine.FILE);
  private Belay belay;
  private Sessions sessions;

  @BeforeEach
  void open() {
    belay = store.belay();
    sessions = belay.sessions();
  }

  @Test
  void a_receipt_of_an_unknown_format_is_named_and_not_guessed_at() {
    SessionCommit commit =
        SessionCommit.to("s", 0).operation("op").append(NewEvent.of("message", "a"));
    sessions.commit(commit).orThrow();
    belay.useWrite(tx -> tx.handle().execute("UPDATE belay_session_receipt SET hash_format = 99"));

    assertThatExceptionOfType(StoreCorruptException.class)
        .isThrownBy(() -> sessions.commit(commit))
        .withMessage("the receipt of operation op has hash format 99, this Belay knows 1");
  }

  @Test
  void the_schema_keeps_the_same_limits_for_those_who_write_by_themselves() {
    assertRefused(dao -> dao.create("", 0, 0, 1));
    assertRefused(dao -> dao.create(EMOJI.repeat(1001), 0, 0, 1));
    sessions.commit(SessionCommit.to("s", 0)).orThrow();
    long no = belay.write(tx -> tx.attach(SessionDao.class).head("s")).orElseThrow().no();
    assertRefused(dao -> dao.append(no, 1, 0, 1, EMOJI.repeat(1001), "t", "p"));
    assertRefused(dao -> dao.append(no, 1, 0, 1, null, "t".repeat(256), "p"));
    assertRefused(dao -> dao.append(no, 0, 0, 1, null, "t", "p"));
    assertRefused(dao -> dao.append(no, 1, 1, 1, null, "t", "p"));
    assertRefused(dao -> dao.append(no + 1, 1, 0, 1, null, "t", "p"));
    assertRefused(dao -> dao.advance(no, 1, 1, 0, 1));
    // Made by the database: the heap of the tests is too small to carry it there.
    assertThatExceptionOfType(JdbiException.class)
        .isThrownBy(
            () ->
                belay.useWrite(
                    tx ->
                        tx.handle()
                            .execute(
                                "INSERT INTO belay_session_state (session_no, state)"
                                    + " VALUES (?, printf('%.*c', 67108865, 'x'))",
                                no)))
        .withMessageContaining("CONSTRAINT");
  }

  @Test
  void an_error_message_never_holds_what_was_to_be_stored() {
    assertThatExceptionOfType(JdbiException.class)
        .isThrownBy(
            () ->
                belay.useWrite(
                    tx -> {
                      SessionDao dao = tx.attach(SessionDao.class);
                      dao.append(77, 1, 0, 1, null, "t", "secret");
                    }))
        .satisfies(e -> assertThat(e.toString()).doesNotContain("secret"));
  }

  private void assertRefused(Consumer<SessionDao> write) {
    assertThatExceptionOfType(JdbiException.class)
        .isThrownBy(() -> belay.useWrite(tx -> write.accept(tx.attach(SessionDao.class))))
        .withMessageContaining("CONSTRAINT");
  }
}
