package dev.belay.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.Belay;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text of every kind comes back as it went in, or is refused before it goes in. */
class SessionTextTest {
  private static final String EMOJI = "\uD83D\uDE80";

  @TempDir Path dir;
  private Belay belay;
  private Sessions sessions;

  @BeforeEach
  void open() {
    belay = Belay.open(dir.resolve("belay.db"), TestOptions.defaults());
    sessions = belay.sessions();
  }

  @AfterEach
  void close() {
    belay.close();
  }

  @Test
  void text_beyond_the_basic_plane_comes_back() {
    String text = "h\u00e9llo \u4e16\u754c " + EMOJI + " \uFFFD \u2028 '\"\\ \r\n\t :name <x> ${y}";

    sessions
        .commit(
            SessionCommit.to(text, 0)
                .operation(text)
                .append(NewEvent.of(text, text).withId(text))
                .state(text))
        .orThrow();

    Loaded loaded = sessions.load(text).orElseThrow();
    assertThat(loaded.session().id()).isEqualTo(text);
    assertThat(loaded.session().state()).isEqualTo(text);
    assertThat(sessions.eventById(text, text)).contains(loaded.history().get(0));
    assertThat(loaded.history().get(0).type()).isEqualTo(text);
    assertThat(loaded.history().get(0).payload()).isEqualTo(text);
  }

  @Test
  void ids_of_1000_code_points_fit_and_one_more_does_not() {
    String longest = EMOJI.repeat(1000);
    SessionCommit commit =
        SessionCommit.to(longest, 0)
            .operation(longest)
            .append(NewEvent.of(EMOJI.repeat(255), "").withId(longest));
    sessions.commit(commit).orThrow();

    assertThat(sessions.eventById(longest, longest)).isPresent();
    assertThat(sessions.commit(commit).orThrow().replayed()).isTrue();
    assertThat(sessions.list(null, 10)).extracting(SessionLine::id).containsExactly(longest);
    assertThatIllegalArgumentException().isThrownBy(() -> SessionCommit.to(longest + "a", 0));
    assertThatIllegalArgumentException().isThrownBy(() -> commit.operation(longest + "a"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NewEvent.of("t", "p").withId(longest + "a"));
    assertThatIllegalArgumentException().isThrownBy(() -> NewEvent.of(EMOJI.repeat(256), "p"));
    assertThatIllegalArgumentException().isThrownBy(() -> sessions.find(longest + "a"));
    assertThatIllegalArgumentException().isThrownBy(() -> sessions.delete(longest + "a"));
  }

  @Test
  void a_payload_of_10_mb_comes_back() {
    String payload = "0123456789".repeat(1024 * 1024);
    SessionCommit commit =
        SessionCommit.to("s", 0).operation("op").append(NewEvent.of("t", payload)).state(payload);
    sessions.commit(commit).orThrow();

    Loaded loaded = sessions.load("s").orElseThrow();
    assertThat(loaded.history().get(0).payload().equals(payload)).isTrue();
    assertThat(loaded.session().state().equals(payload)).isTrue();
    assertThat(sessions.commit(commit).orThrow().replayed()).isTrue();
  }

  @Test
  void a_nul_and_an_unpaired_surrogate_are_refused_wherever_text_goes_in() {
    for (String bad : new String[] {"a\0", "a\uD83D", "\uDE80a"}) {
      assertThatIllegalArgumentException().isThrownBy(() -> SessionCommit.to(bad, 0));
      SessionCommit commit = SessionCommit.to("s", 0);
      assertThatIllegalArgumentException().isThrownBy(() -> commit.operation(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> commit.state(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> NewEvent.of(bad, "p"));
      assertThatIllegalArgumentException().isThrownBy(() -> NewEvent.of("t", bad));
      assertThatIllegalArgumentException().isThrownBy(() -> NewEvent.of("t", "p").withId(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> sessions.history(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> sessions.eventById("s", bad));
      assertThatIllegalArgumentException().isThrownBy(() -> sessions.list(bad, 1));
    }
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
