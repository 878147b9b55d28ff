package dev.belay.springai;

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
import dev.belay.store.Tx;
import dev.belay.store.TxOutcome;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.springframework.ai.chat.memory.ChatMemoryRepository;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.util.Assert;

/**
 * Spring AI's chat memory in a store. A conversation is the session {@link #SESSION_PREFIX} + id, a
 * message is an event of it. Safe for use by many threads and processes; every {@code with…}
 * returns a changed copy.
 *
 * <p>Messages come back as they were saved: with tool calls, tool responses, media and metadata.
 *
 * <p>A caller that saves sends the whole window of a conversation again. A save compares it with
 * the window in the store, appends the messages that are new, and writes which events are the
 * window now; so a conversation has a row for each message, however small the window is. What left
 * the window stays in the log of the session until the conversation is deleted.
 */
public final class BelayChatMemoryRepository implements ChatMemoryRepository {
  /** The beginning of the ids of the sessions that are conversations. */
  public static final String SESSION_PREFIX = "spring-ai/";

  /**
   * The metadata key of the time at which a message was saved, an {@link java.time.Instant}; see
   * {@link #withTimestamps}. It is never stored.
   */
  public static final String TIMESTAMP = "BelayChatMemoryRepository_timestamp";

  private enum Choice {
    NO_TOOL_MESSAGES,
    TIMESTAMPS
  }

  private final Belay belay;
  private final Sessions sessions;
  private final Set<Choice> choices;

  private BelayChatMemoryRepository(Belay belay, Set<Choice> choices) {
    this.belay = belay;
    this.sessions = belay.sessions();
    this.choices = choices;
  }

  /** Returns the conversations of {@code belay}, which its owner closes. */
  public static BelayChatMemoryRepository of(Belay belay) {
    return new BelayChatMemoryRepository(
        Objects.requireNonNull(belay, "belay"), EnumSet.noneOf(Choice.class));
  }

  private BelayChatMemoryRepository with(Choice choice) {
    Set<Choice> more = EnumSet.copyOf(choices);
    more.add(choice);
    return new BelayChatMemoryRepository(belay, more);
  }

  /**
   * Leaves out tool responses, and assistant messages that call tools, as the JDBC repository of
   * Spring AI does. They are not stored.
   */
  public BelayChatMemoryRepository withoutToolMessages() {
    return with(Choice.NO_TOOL_MESSAGES);
  }

  /**
   * Adds {@link #TIMESTAMP} to the metadata of messages that are read. A message that is saved
   * again in its place keeps its time. Messages that are read are then not equal to those that were
   * saved, which matters to a caller that looks for a message by equality.
   */
  public BelayChatMemoryRepository withTimestamps() {
    return with(Choice.TIMESTAMPS);
  }

  /**
   * Returns the ids of all conversations that have a message, in the order of their code points.
   */
  @Override
  public List<String> findConversationIds() {
    List<String> ids = new ArrayList<>();
    String after = SESSION_PREFIX;
    while (true) {
      List<SessionLine> page = sessions.list(after, Sessions.LIMIT_MAX);
      for (SessionLine line : page) {
        if (!line.id().startsWith(SESSION_PREFIX)) {
          return ids;
        }
        ids.add(line.id().substring(SESSION_PREFIX.length()));
      }
      if (page.isEmpty()) {
        return ids;
      }
      after = page.get(page.size() - 1).id();
    }
  }

  /** Returns the window of a conversation; empty if there is none. */
  @Override
  public List<Message> findByConversationId(String conversationId) {
    String id = sessionOf(conversationId);
    List<SessionEvent> events =
        belay.read(
            tx -> {
              Optional<Session> head = sessions.find(tx, id);
              return head.isEmpty() ? List.of() : Window.of(head.get()).events(sessions, tx);
            });
    List<Message> messages = new ArrayList<>(events.size());
    for (SessionEvent event : events) {
      messages.add(
          choices.contains(Choice.TIMESTAMPS)
              ? MessageCodec.decodeWithTime(event)
              : MessageCodec.decode(event));
    }
    return messages;
  }

  /**
   * Makes {@code messages} the window of a conversation. Without any, the conversation is deleted.
   *
   * @throws IllegalArgumentException if a message cannot be stored; nothing was written
   */
  @Override
  public void saveAll(String conversationId, List<Message> messages) {
    String id = sessionOf(conversationId);
    Assert.notNull(messages, "messages cannot be null");
    Assert.noNullElements(messages, "messages cannot contain null elements");
    List<NewEvent> wanted = new ArrayList<>(messages.size());
    for (Message message : messages) {
      if (!choices.contains(Choice.NO_TOOL_MESSAGES) || !isOfTools(message)) {
        wanted.add(MessageCodec.encode(message));
      }
    }
    if (wanted.isEmpty()) {
      sessions.clear(id);
      return;
    }
    while (!belay.tx().writeFlow(tx -> save(tx, id, wanted))) {
      // Another process has committed to the conversation since it was read. Read it again.
    }
  }

  private static boolean isOfTools(Message message) {
    return message instanceof ToolResponseMessage
        || (message instanceof AssistantMessage assistant && assistant.hasToolCalls());
  }

  /** Returns false, and writes nothing, if another commit came between reading and writing. */
  private TxOutcome<Boolean> save(Tx tx, String id, List<NewEvent> wanted) {
    Optional<Session> head = sessions.find(tx, id);
    Window before = head.map(Window::of).orElse(Window.none(id));
    Match match = Match.of(before.events(sessions, tx), wanted);
    Window kept = Window.none(id);
    for (SessionEvent event : match.kept()) {
      kept = kept.plus(event.seq(), 1);
    }
    if (match.fresh().isEmpty() && kept.equals(before)) {
      return TxOutcome.commit(true);
    }
    int count = match.fresh().size();
    long revision = head.map(Session::revision).orElse(0L);
    long firstSeq = head.map(Session::leafSeq).orElse(0L) + 1;
    SessionCommit commit =
        SessionCommit.to(id, revision)
            .append(match.fresh())
            .state(kept.plus(firstSeq, count).toState());
    CommitOutcome outcome = sessions.commit(tx, commit);
    if (outcome instanceof RevisionConflict) {
      return TxOutcome.rollback(false);
    }
    Committed done = outcome.orThrow();
    if (count > 0 && done.firstSeq() != firstSeq) {
      // The seqs of a conversation that was deleted before go on where they were.
      String actual = kept.plus(done.firstSeq(), count).toState();
      sessions.commit(tx, SessionCommit.to(id, done.revision()).state(actual)).orThrow();
    }
    return TxOutcome.commit(true);
  }

  /** Deletes a conversation with its log. Its id can be used again. */
  @Override
  public void deleteByConversationId(String conversationId) {
    sessions.clear(sessionOf(conversationId));
  }

  private static String sessionOf(String conversationId) {
    Assert.hasText(conversationId, "conversationId cannot be null or empty");
    return SESSION_PREFIX + conversationId;
  }
}
