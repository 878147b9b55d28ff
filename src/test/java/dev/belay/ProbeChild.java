package dev.belay;

import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.testing.Parent;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Does to a file what it is told, from a process of its own: {@code commit FILE}, {@code open
 * FILE}, {@code read FILE}, {@code list DIRECTORY}. Answers with the revision of its one session,
 * the names in the directory, or the name and message of what was thrown.
 */
final class ProbeChild {
  private ProbeChild() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    Parent parent = new Parent();
    while (true) {
      String[] line = parent.hear().split(" ", 2);
      String answer;
      try {
        Path file = Path.of(line[1]);
        answer = line[0].equals("list") ? names(file) : "revision " + probe(line[0], file);
      } catch (IOException | RuntimeException e) {
        answer = e.getClass().getSimpleName() + ": " + e.getMessage();
      }
      parent.say(answer.replace('\n', ' '));
    }
  }

  private static String names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.joining("/"));
    }
  }

  private static long probe(String verb, Path file) {
    try (Belay belay =
        verb.equals("read") ? Belay.openReadOnly(file) : Belay.open(file, TestOptions.defaults())) {
      long revision = belay.sessions().find("run").map(Session::revision).orElse(0L);
      if (verb.equals("commit")) {
        SessionCommit commit = SessionCommit.to("run", revision).append(NewEvent.of("user", "hi"));
        return belay.sessions().commit(commit).orThrow().revision();
      }
      return revision;
    }
  }
}
