package dev.belay.langchain4j;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.session.SessionEvent;
import dev.belay.session.Sessions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A test with a store, which has a migration of the application too. */
abstract class StoreTest {
  @TempDir Path folder;
  String place;
  Belay belay;
  BelayChatMemoryStore store;

  void open(TestStores database) {
    place = database.place(folder);
    belay = openAgain(BelayOptions.defaults());
    store = new BelayChatMemoryStore(belay);
  }

  Belay openAgain(BelayOptions options) {
    return TestStores.at(place, options.withAppMigrations("classpath:db/app"));
  }

  @AfterEach
  void close() {
    if (belay != null) {
      belay.close();
    }
  }

  /** All rows of a session that a reader can see. */
  List<SessionEvent> rows(String sessionId) {
    return belay.sessions().events(sessionId, 0, Sessions.LIMIT_MAX);
  }
}
