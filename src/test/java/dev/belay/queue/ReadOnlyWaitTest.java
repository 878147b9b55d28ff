package dev.belay.queue;

import static dev.belay.kit.queue.QueueStore.FOREVER;
import static dev.belay.kit.queue.QueueStore.TTL;
import static dev.belay.kit.queue.QueueStore.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.queue.QueueStore;
import dev.belay.sqlite.SqliteEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Waiting for the end of work in a store opened for reading. */
class ReadOnlyWaitTest {
  @RegisterExtension final QueueStore store = QueueStore.on(SqliteEngine.FILE);

  @Test
  void a_handle_for_reading_waits_until_another_one_records_the_lapse() throws Exception {
    long id = store.queue().enqueue(NewWork.of("a").withAttemptsMax(1)).workId();
    store.queue().claim("gone", TTL).orElseThrow();
    store.clock.advance(TTL);
    try (Belay readOnly = Belay.openReadOnly(Path.of(store.address()), store.options())) {
      WorkQueue seen = readOnly.queue(QueueStore.NAME);
      assertThat(seen.awaitFinished(id, Duration.ofMillis(20))).isEmpty();
      CompletableFuture<Optional<Work>> finish = store.later(() -> seen.awaitFinished(id, FOREVER));

      List<Claim> unused = store.queue().claim("w", TTL, 1);

      assertThat(get(finish).orElseThrow().state()).isEqualTo(WorkState.BURIED);
      assertThat(unused).isEmpty();
    }
  }
}
