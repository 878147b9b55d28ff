package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.CommitOutcome;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.session.SessionLine;
import dev.belay.session.Sessions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions: append to a log, read it, page through it, clear it. */
class SessionExampleTest {
  @TempDir Path folder;

  private final List<String> out = new ArrayList<>();

  @Test
  void a_message_is_appended_once_and_read_back() {
    Path file = folder.resolve("agents.db");

    // snippet: session
    try (Belay belay = Belay.open(file)) {
      Sessions sessions = belay.sessions();
      sessions
          .commit(
              SessionCommit.to("chat-17")
                  .operation("message-1") // sent twice, it happens once
                  .append(NewEvent.of("user", "{\"text\":\"hi\"}")))
          .orThrow();

      sessions.history("chat-17").forEach(event -> print(event.type() + " " + event.payload()));
    }
    // end: session

    assertThat(out).containsExactly("user {\"text\":\"hi\"}");
  }

  @Test
  void a_state_is_changed_only_at_the_revision_that_was_read() {
    try (Belay belay = Belay.open(folder.resolve("agents.db"))) {
      Sessions sessions = belay.sessions();
      sessions.commit(SessionCommit.to("chat-17").append(NewEvent.of("user", "hi"))).orThrow();

      // snippet: revision
      Session seen = sessions.find("chat-17").orElseThrow();
      CommitOutcome outcome =
          sessions.commit(
              SessionCommit.to("chat-17", seen.revision())
                  .append(NewEvent.of("assistant", "hello"))
                  .state("answered"));

      if (outcome instanceof Committed done) {
        print("now at revision " + done.revision());
      } else if (outcome instanceof RevisionConflict lost) {
        print("another writer was faster: revision " + lost.actual());
      }
      // end: revision

      assertThat(out).containsExactly("now at revision 2");
      assertThat(sessions.find("chat-17").orElseThrow().state()).isEqualTo("answered");
    }
  }

  @Test
  void a_history_is_read_page_by_page() {
    try (Belay belay = Belay.open(folder.resolve("agents.db"))) {
      Sessions sessions = belay.sessions();
      for (int i = 1; i <= 120; i++) {
        SessionCommit next = SessionCommit.to("chat-17").append(NewEvent.of("user", "m" + i));
        sessions.commit(next).orThrow();
      }

      // snippet: pages
      List<SessionEvent> newest = sessions.history("chat-17", 50);
      List<SessionEvent> before = sessions.history("chat-17", newest.get(0).seq(), 50);
      // end: pages

      assertThat(newest).extracting(SessionEvent::seq).startsWith(71L).endsWith(120L);
      assertThat(before).extracting(SessionEvent::seq).startsWith(21L).endsWith(70L);
    }
  }

  @Test
  void an_event_is_waited_for() throws InterruptedException {
    try (Belay belay = Belay.open(folder.resolve("agents.db"))) {
      Sessions sessions = belay.sessions();
      sessions.commit(SessionCommit.to("chat-17").append(NewEvent.of("user", "hi"))).orThrow();
      long seen = 0;

      // snippet: await
      List<SessionEvent> fresh =
          sessions.awaitEvents("chat-17", seen, 100, Duration.ofSeconds(30)); // empty: none came
      // end: await

      assertThat(fresh).extracting(SessionEvent::payload).containsExactly("hi");
    }
  }

  @Test
  void an_alternative_answer_is_a_branch() {
    try (Belay belay = Belay.open(folder.resolve("agents.db"))) {
      Sessions sessions = belay.sessions();
      sessions
          .commit(
              SessionCommit.to("chat-17")
                  .append(NewEvent.of("user", "hi"), NewEvent.of("assistant", "first answer")))
          .orThrow();

      // snippet: branch
      sessions
          .commit(
              SessionCommit.to("chat-17")
                  .parent(1) // the seq of the event that the new answer follows
                  .append(NewEvent.of("assistant", "second answer")))
          .orThrow();
      // end: branch

      assertThat(sessions.history("chat-17"))
          .extracting(SessionEvent::payload)
          .containsExactly("hi", "second answer");
    }
  }

  @Test
  void idle_sessions_are_cleared() {
    try (Belay belay = Belay.open(folder.resolve("agents.db"))) {
      Sessions sessions = belay.sessions();
      sessions.commit(SessionCommit.to("chat-17").append(NewEvent.of("user", "hi"))).orThrow();
      Instant updatedBefore = Instant.now().plus(Duration.ofDays(1));

      // snippet: clear
      String after = null;
      List<SessionLine> page;
      do {
        page = sessions.listIdle(updatedBefore, after, 1_000);
        for (SessionLine idle : page) {
          sessions.clear(idle.id()); // delete(id) would make the id unusable for ever
          after = idle.id();
        }
      } while (!page.isEmpty());
      // end: clear

      assertThat(sessions.find("chat-17")).isEmpty();
    }
  }

  private void print(String line) {
    out.add(line);
  }
}
