package dev.belay.langchain4j;

import dev.belay.Belay;
import dev.belay.session.CommitOutcome;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * A chat memory store whose memories are sessions of a Belay store. Safe for use by many threads.
 *
 * <p>LangChain4j sends the whole window with each message. This store appends only what is new:
 *
 * <ol>
 *   <li>Messages of the new window are looked for in the present one, in order. A message that left
 *       the window stays in the log, and costs nothing.
 *   <li>From the first message that is not found, all are appended: an edited message, and those
 *       that follow it. A system message that is not found is appended alone.
 *   <li>The state of the session says which events the window has, and is written in the same
 *       commit. If another holder of the memory has committed meanwhile, all is done again on what
 *       that holder has left.
 * </ol>
 *
 * <p>A window is written whole or not at all, and the last one stays, whichever holder wrote it. To
 * send the same window again changes nothing.
 *
 * <p>The session belongs to this store: read it as you like ({@code Sessions.history} is all that
 * was ever said), but do not commit to it. For operating failures the rules of Belay's verbs apply;
 * a session that was deleted by {@code Sessions.delete} refuses each update.
 */
public final class BelayChatMemoryStore implements ChatMemoryStore {
  private final Belay belay;
  private final Function<Object, String> sessionIds;

  /**
   * Creates a store whose sessions are named {@code langchain4j/}, the type of the memory id and
   * its text: {@code langchain4j/String/user-17}. Ids are strings, whole numbers, characters,
   * booleans, UUIDs and constants of enums; another id is refused with {@link
   * IllegalArgumentException}, because two of them could have the same text.
   */
  public BelayChatMemoryStore(Belay belay) {
    this(belay, MemoryIds::sessionId);
  }

  /**
   * Creates a store that takes any memory id.
   *
   * @param sessionIds returns the id of a memory's session, another for each memory that is not
   *     equal; called by many threads
   */
  public BelayChatMemoryStore(Belay belay, Function<Object, String> sessionIds) {
    this.belay = Objects.requireNonNull(belay, "belay");
    this.sessionIds = Objects.requireNonNull(sessionIds, "sessionIds");
  }

  /** Returns the window of a memory, empty if there is none. The list is the caller's own. */
  @Override
  public List<ChatMessage> getMessages(Object memoryId) {
    String id = sessionId(memoryId);
    Window window = belay.read(tx -> Window.read(belay.sessions(), tx, id));
    List<ChatMessage> messages = new ArrayList<>();
    for (SessionEvent event : window.events()) {
      messages.add(MessageJson.message(event.payload()));
    }
    return messages;
  }

  /**
   * Replaces the window of a memory.
   *
   * @throws IllegalArgumentException if the JSON of a message is longer than 64 MiB
   */
  @Override
  public void updateMessages(Object memoryId, List<ChatMessage> messages) {
    String id = sessionId(memoryId);
    List<NewEvent> wanted = new ArrayList<>();
    for (ChatMessage message : messages) {
      wanted.add(MessageJson.event(message));
    }
    while (!isReplaced(id, wanted)) {
      // Another holder's commit was faster, so each round is the progress of one of them.
    }
  }

  private boolean isReplaced(String id, List<NewEvent> wanted) {
    Optional<SessionCommit> change =
        belay.read(
            tx -> {
              Window window = Window.read(belay.sessions(), tx, id);
              return window.change(wanted, window.lastSeq(belay.sessions(), tx));
            });
    if (change.isPresent()) {
      CommitOutcome outcome = belay.sessions().commit(change.get());
      if (outcome instanceof RevisionConflict) {
        return false;
      }
      outcome.orThrow();
    }
    return true;
  }

  /** Forgets a memory. Its rows are freed later, and its id can be used again. */
  @Override
  public void deleteMessages(Object memoryId) {
    belay.sessions().clear(sessionId(memoryId));
  }

  private String sessionId(Object memoryId) {
    return sessionIds.apply(Objects.requireNonNull(memoryId, "memoryId"));
  }
}
