package dev.belay.benchmarks.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.belay.Belay;
import dev.belay.session.SessionDao;
import dev.belay.session.SessionEvent;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/**
 * The file of a measurement is what the peers take it for.
 *
 * <p>Goal: no peer pays for a conversion, and every first write finds its session. Method: the
 * file's header, and what Belay reads.
 */
class SessionFileTest {
  private static final int WRITE_VERSION = 18;
  private static final int WAL = 2;

  @Test
  void a_new_file_is_a_log_file_already() throws Exception {
    try (Scratch scratch = new Scratch()) {
      SessionFile.create(scratch.file(), 1);

      assertThat(Files.readAllBytes(scratch.file())[WRITE_VERSION]).isEqualTo((byte) WAL);
    }
  }

  @Test
  void each_session_is_where_its_caller_takes_it_to_be() throws Exception {
    try (Scratch scratch = new Scratch()) {
      SessionFile.create(scratch.file(), 2);

      try (Belay belay = Belay.open(scratch.file())) {
        for (int no = 1; no <= 2; no++) {
          OwnSession session = SessionFile.session(no);
          assertThat(belay.read(tx -> tx.attach(SessionDao.class).head(session.id())).orElseThrow())
              .returns(session.no(), head -> head.no())
              .returns(session.revision(), head -> head.revision())
              .returns(session.lastSeq(), head -> head.lastSeq());
          assertThat(belay.sessions().history(session.id(), 10))
              .extracting(SessionEvent::type, SessionEvent::payload)
              .containsExactly(tuple(SessionFile.TYPE, SessionFile.PAYLOAD));
        }
      }
    }
  }
}
