package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code sessions tail --follow}.
 *
 * <p>Goal: what another process commits is shown, and the command ends when its reader has gone.
 * Method: a pipe that is read line by line, then closed.
 */
class FollowTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void new_events_are_shown_until_the_reader_has_gone(Engine engine) throws Exception {
    Engine.Place place = engine.store(folder);
    PipedInputStream shown = new PipedInputStream();
    PipedOutputStream written = new PipedOutputStream(shown);
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(shown, StandardCharsets.UTF_8));
    try (Belay belay = place.open()) {
      CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> follow(place, written));
      append(belay, "first"); // the session need not exist before
      assertThat(reader.readLine()).endsWith("  t  first");
      append(belay, "second");
      assertThat(reader.readLine()).endsWith("  t  second");
      reader.close();
      append(belay, "unread");
      assertThat(exit.get(5, TimeUnit.MINUTES)).isZero();
    }
  }

  private static int follow(Engine.Place place, OutputStream out) {
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            System.err,
            false,
            Map.of());
    return Main.run(
        terminal, place.option(), place.value(), "sessions", "tail", "followed", "--follow");
  }

  private static void append(Belay belay, String payload) {
    Committed unused =
        belay
            .sessions()
            .commit(SessionCommit.to("followed").append(NewEvent.of("t", payload)))
            .orThrow();
  }
}
