package dev.belay.replay;

import dev.belay.Belay;
import dev.belay.replay.Transcript.Line;
import dev.belay.session.Session;
import dev.belay.session.SessionEvent;
import dev.belay.session.Sessions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Compares sessions with the files they were replayed from. Belongs to the thread that made it. */
final class HistoryCheck {
  private final Belay belay;
  private final List<String> differences = new ArrayList<>();
  private long events;

  HistoryCheck(Belay belay) {
    this.belay = belay;
  }

  /** What does not match, each as a sentence about one session. */
  List<String> differences() {
    return List.copyOf(differences);
  }

  /** How many events the sessions hold that were compared. */
  long events() {
    return events;
  }

  /**
   * Compares the session of {@code transcript} in {@code round} with the file, byte for byte. One
   * commit per turn makes the revision the number of turns; equality of the whole log with the
   * history leaves no room for an event that was committed twice.
   */
  void compare(Transcript transcript, int round) {
    String id = transcript.sessionId(round);
    List<Line> lines = transcript.lines();
    int turns = transcript.turns().size();
    Optional<Session> session = belay.sessions().find(id);
    List<SessionEvent> history = belay.sessions().history(id);
    events += history.size();

    long revision = session.map(Session::revision).orElse(0L);
    if (revision != turns) {
      differences.add(id + " has revision " + revision + ", its file " + turns + " turns");
    }
    if (!log(id).equals(history)) {
      differences.add(id + " has events beside its history");
    }
    for (int i = 0; i < history.size(); i++) {
      SessionEvent event = history.get(i);
      if (event.seq() != i + 1 || event.parentSeq() != i) {
        differences.add(id + " has at place " + (i + 1) + " the event " + event.seq());
      }
      if (i < lines.size() && !event.type().equals(lines.get(i).role())) {
        differences.add(id + " has type " + event.type() + " in event " + event.seq());
      }
    }
    // From the disk again: what was read before must not vouch for itself.
    byte[] file = bytes(transcript);
    boolean lastLineEnds = file.length == 0 || file[file.length - 1] == '\n';
    if (!Arrays.equals(replayed(history, lastLineEnds), file)) {
      differences.add(id + " differs from " + transcript.file());
    }
  }

  private List<SessionEvent> log(String id) {
    List<SessionEvent> log = new ArrayList<>();
    List<SessionEvent> page;
    do {
      page = belay.sessions().events(id, log.size(), Sessions.LIMIT_MAX);
      log.addAll(page);
    } while (!page.isEmpty());
    return log;
  }

  private static byte[] bytes(Transcript transcript) {
    try {
      return Files.readAllBytes(transcript.file());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] replayed(List<SessionEvent> history, boolean lastLineEnds) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < history.size(); i++) {
      bytes.writeBytes(history.get(i).payload().getBytes(StandardCharsets.UTF_8));
      if (i < history.size() - 1 || lastLineEnds) {
        bytes.write('\n');
      }
    }
    return bytes.toByteArray();
  }
}
