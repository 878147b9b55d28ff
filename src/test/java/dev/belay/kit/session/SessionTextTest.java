package dev.belay.kit.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.Loaded;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionLine;
import dev.belay.session.Sessions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Text of every kind comes back as it went in, or is refused before it goes in. */
@OnEachForm
class SessionTextTest {
  private static final String EMOJI = "\uD83D\uDE80";

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;
  private Sessions sessions;

  @BeforeEach
  void open() {
    belay = store.belay();
    sessions = belay.sessions();
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
    String longest = EMOJI.repeat(333) + "a".repeat(667); // no more bytes than can be indexed
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
}
