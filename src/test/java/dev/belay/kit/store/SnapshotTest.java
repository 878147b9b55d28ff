package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.Promise;
import dev.belay.kit.Promised;
import dev.belay.kit.StoreExtension;
import dev.belay.store.Tx;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a read sees while others write, in this handle and in another. */
@NeedsSharing
@OnEachForm
class SnapshotTest {
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;
  private Belay other;

  @BeforeEach
  void open() {
    if (store.form().isShared()) {
      belay = store.belay();
      other = store.another();
      store.createNotes();
    }
  }

  @Test
  void a_read_is_one_snapshot_while_others_write() {
    add(belay, "before");

    belay.useRead(
        tx -> {
          assertThat(Notes.all(tx)).containsExactly("before");
          elsewhere(() -> add(belay, "by this handle"));
          elsewhere(() -> add(other, "by another"));
          assertThat(Notes.all(tx)).containsExactly("before");
        });

    assertThat(Notes.all(belay)).containsExactly("before", "by this handle", "by another");
  }

  @Test
  void a_read_sees_all_that_any_handle_had_committed_before_it() {
    for (int i = 0; i < 20; i++) {
      String text = "text " + i;
      add(i % 2 == 0 ? belay : other, text);

      assertThat(Notes.all(belay)).endsWith(text);
      assertThat(Notes.all(other)).endsWith(text);
    }
  }

  @Test
  @Promised(Promise.SNAPSHOT_HOLDS_THE_SCHEMA)
  void a_table_that_is_created_or_dropped_meanwhile_is_in_a_read_as_it_was() {
    add(belay, "kept");

    List<String> seen =
        belay.read(
            tx -> {
              assertThat(Notes.all(tx)).containsExactly("kept");
              elsewhere(
                  () ->
                      other.useWrite(
                          writing -> {
                            writing.handle().execute("DROP TABLE note");
                            writing.handle().execute("CREATE TABLE later (text TEXT NOT NULL)");
                          }));
              assertThat(catchThrowable(() -> later(tx))).isNotNull();
              return Notes.all(tx);
            });

    assertThat(seen).containsExactly("kept");
    assertThat(belay.<List<String>, RuntimeException>read(SnapshotTest::later)).isEmpty();
  }

  private static List<String> later(Tx tx) {
    return tx.handle().createQuery("SELECT text FROM later").mapTo(String.class).list();
  }

  private static void add(Belay handle, String text) {
    handle.useWrite(tx -> Notes.add(tx, text));
  }

  private static void elsewhere(Runnable action) {
    try {
      Patience.get(CompletableFuture.runAsync(action, LaterThreads.EACH));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
