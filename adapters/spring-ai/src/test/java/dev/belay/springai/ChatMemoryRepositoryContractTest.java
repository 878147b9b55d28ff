package dev.belay.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.ai.chat.memory.ChatMemoryRepository;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage.ToolResponse;
import org.springframework.ai.chat.messages.UserMessage;

/**
 * What Spring AI demands of a repository of chat memory.
 *
 * <p>Goal: each sentence of Spring AI's own suite for databases holds, and those of its repository
 * in memory. Method: the cases of {@code AbstractJdbcChatMemoryRepositoryIT} (Spring AI 2.0.1,
 * module spring-ai-model-chat-memory-repository-jdbc), rewritten one by one with rows of a session
 * in place of rows of a table; the two that ask for the loss of tool messages are asked of the
 * option, and their opposite of the default.
 */
class ChatMemoryRepositoryContractTest {
  private static final Map<TestStores, Belay> OPEN = new EnumMap<>(TestStores.class);

  @TempDir static Path folder;
  private final String conversation = UUID.randomUUID().toString();
  private Belay belay;

  private BelayChatMemoryRepository open(TestStores engine) {
    belay = OPEN.computeIfAbsent(engine, each -> each.open(folder, BelayOptions.defaults()));
    return BelayChatMemoryRepository.of(belay);
  }

  @AfterAll
  static void close() {
    OPEN.values().forEach(Belay::close);
    OPEN.clear();
  }

  private List<SessionEvent> rows() {
    return belay
        .sessions()
        .events(BelayChatMemoryRepository.SESSION_PREFIX + conversation, 0, 10_000);
  }

  // saveMessagesSingleMessage
  @ParameterizedTest
  @EnumSource
  void one_message_of_each_type_is_a_row_with_its_text_type_and_time(TestStores engine) {
    ChatMemoryRepository repository = open(engine);
    List<Message> each =
        List.of(new AssistantMessage("a"), new UserMessage("b"), new SystemMessage("c"));
    for (Message message : each) {
      repository.saveAll(conversation, List.of(message));

      assertThat(repository.findConversationIds()).containsOnlyOnce(conversation);
      SessionEvent row = rows().get(rows().size() - 1);
      assertThat(row.type()).isEqualTo(message.getMessageType().getValue());
      assertThat(row.payload()).isEqualTo("{\"message\":{\"text\":\"" + message.getText() + "\"}}");
      assertThat(row.at()).isNotNull();
    }
    assertThat(rows()).hasSize(each.size());
  }

  // saveMessagesMultipleMessages
  @ParameterizedTest
  @EnumSource
  void several_messages_are_rows_in_their_order_and_are_replaced_by_the_next_save(
      TestStores engine) {
    ChatMemoryRepository repository = open(engine);
    List<Message> messages =
        List.of(new AssistantMessage("a"), new UserMessage("b"), new SystemMessage("c"));
    repository.saveAll(conversation, messages);

    assertThat(repository.findConversationIds()).contains(conversation);
    assertThat(rows())
        .extracting(SessionEvent::type)
        .containsExactly("assistant", "user", "system");
    assertThat(repository.findByConversationId(conversation)).hasSize(3);

    repository.saveAll(conversation, List.of(new UserMessage("Hello")));
    assertThat(repository.findByConversationId(conversation))
        .containsExactly(new UserMessage("Hello"));
  }

  // findMessagesByConversationId
  @ParameterizedTest
  @EnumSource
  void messages_come_back_equal_to_those_that_were_saved(TestStores engine) {
    ChatMemoryRepository repository = open(engine);
    List<Message> messages =
        List.of(
            new AssistantMessage("a 1"),
            new AssistantMessage("a 2"),
            new UserMessage("b"),
            new SystemMessage("c"));
    repository.saveAll(conversation, messages);

    assertThat(repository.findByConversationId(conversation)).isEqualTo(messages);
  }

  // deleteMessagesByConversationId
  @ParameterizedTest
  @EnumSource
  void a_deleted_conversation_has_no_row_and_no_id_and_can_begin_again(TestStores engine) {
    ChatMemoryRepository repository = open(engine);
    repository.saveAll(conversation, List.of(new UserMessage("a"), new UserMessage("b")));
    repository.deleteByConversationId(conversation);

    assertThat(rows()).isEmpty();
    assertThat(repository.findConversationIds()).doesNotContain(conversation);
    assertThat(repository.findByConversationId(conversation)).isEmpty();

    for (String text : List.of("c", "d")) {
      repository.saveAll(conversation, List.of(new UserMessage("x"), new UserMessage(text)));
      assertThat(repository.findByConversationId(conversation))
          .containsExactly(new UserMessage("x"), new UserMessage(text));
    }
    assertThat(rows()).hasSize(3);
  }

  // testMessageOrder, testMessageOrderWithLargeBatch
  @ParameterizedTest
  @EnumSource
  void messages_of_one_save_come_back_in_their_order(TestStores engine) {
    ChatMemoryRepository repository = open(engine);
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      messages.add(i % 2 == 0 ? new UserMessage("m " + i) : new AssistantMessage("m " + i));
    }
    messages.add(new SystemMessage("last"));
    repository.saveAll(conversation, messages);

    assertThat(repository.findByConversationId(conversation)).isEqualTo(messages);
  }

  private static final Message TOOL_CALL =
      AssistantMessage.builder()
          .content("let me look")
          .toolCalls(List.of(new ToolCall("call1", "function", "getWeather", "{\"at\":\"Oslo\"}")))
          .build();
  private static final Message TOOL_RESPONSE =
      ToolResponseMessage.builder()
          .responses(List.of(new ToolResponse("call1", "getWeather", "\"sunny\"")))
          .metadata(Map.of("took", 12))
          .build();
  private static final List<Message> WITH_TOOLS =
      List.of(
          new UserMessage("What is the weather?"),
          TOOL_CALL,
          TOOL_RESPONSE,
          new AssistantMessage("It is sunny."));

  // toolResponseMessagesAreFilteredOnSave, assistantMessagesWithToolCallsAreFilteredOnSave
  @ParameterizedTest
  @EnumSource
  void the_option_leaves_out_tool_calls_and_tool_responses(TestStores engine) {
    ChatMemoryRepository repository = open(engine).withoutToolMessages();
    repository.saveAll(conversation, WITH_TOOLS);

    assertThat(repository.findByConversationId(conversation))
        .containsExactly(WITH_TOOLS.get(0), WITH_TOOLS.get(3));
    assertThat(rows()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void tool_calls_and_tool_responses_are_kept(TestStores engine) {
    ChatMemoryRepository repository = open(engine);
    repository.saveAll(conversation, WITH_TOOLS);

    assertThat(repository.findByConversationId(conversation)).isEqualTo(WITH_TOOLS);
    assertThat(repository.findByConversationId(conversation).get(1))
        .isInstanceOfSatisfying(
            AssistantMessage.class,
            call ->
                assertThat(call.getToolCalls())
                    .containsExactly(
                        new ToolCall("call1", "function", "getWeather", "{\"at\":\"Oslo\"}")));
  }

  // messageTimestampIsExposedAsMetadataAndPreservedAcrossSaves
  @ParameterizedTest
  @EnumSource
  void the_time_of_a_message_is_metadata_and_survives_the_next_save(TestStores engine) {
    ChatMemoryRepository repository = open(engine).withTimestamps();
    repository.saveAll(conversation, List.of(new UserMessage("first")));
    List<Message> read = repository.findByConversationId(conversation);
    Object first = read.get(0).getMetadata().get(BelayChatMemoryRepository.TIMESTAMP);
    assertThat(first).isInstanceOf(Instant.class).isEqualTo(rows().get(0).at());

    List<Message> more = new ArrayList<>(read);
    more.add(new AssistantMessage("second"));
    repository.saveAll(conversation, more);

    List<Message> again = repository.findByConversationId(conversation);
    assertThat(again).hasSize(2);
    assertThat(again.get(0).getMetadata())
        .containsEntry(BelayChatMemoryRepository.TIMESTAMP, first);
    assertThat(again.get(1).getMetadata().get(BelayChatMemoryRepository.TIMESTAMP))
        .isInstanceOf(Instant.class);
    assertThat(rows()).hasSize(2).noneMatch(row -> row.payload().contains("timestamp"));
  }

  // As the repository of Spring AI in memory.
  @ParameterizedTest
  @EnumSource
  void an_unknown_conversation_is_empty_and_mistakes_are_refused(TestStores engine) {
    ChatMemoryRepository repository = open(engine);
    assertThat(repository.findByConversationId("unknown")).isEmpty();
    repository.deleteByConversationId("unknown");
    assertThat(repository.findConversationIds()).doesNotContain("unknown");

    for (String blank : Arrays.asList(null, "", " ")) {
      assertThatIllegalArgumentException().isThrownBy(() -> repository.findByConversationId(blank));
      assertThatIllegalArgumentException().isThrownBy(() -> repository.saveAll(blank, List.of()));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> repository.deleteByConversationId(blank));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> repository.saveAll(conversation, null));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> repository.saveAll(conversation, Arrays.asList((Message) null)));
  }

  @ParameterizedTest
  @EnumSource
  void only_conversations_are_listed_and_an_empty_one_is_none(TestStores engine) {
    ChatMemoryRepository repository = open(engine);
    for (String other : List.of("spring", "spring-ai", "spring-ai0", "a", "z")) {
      belay.sessions().commit(SessionCommit.to(other).append(NewEvent.of("note", "x"))).orThrow();
    }
    List<String> ids = new ArrayList<>();
    for (String id : List.of("", "/", "17", "a/b", "ü")) {
      ids.add(conversation + id);
      repository.saveAll(conversation + id, List.of(new UserMessage("hi")));
    }
    repository.saveAll(conversation + "gone", List.of(new UserMessage("hi")));
    repository.saveAll(conversation + "gone", List.of());

    assertThat(repository.findConversationIds())
        .noneMatch(id -> id.startsWith("spring"))
        .doesNotContain("a", "z")
        .filteredOn(id -> id.startsWith(conversation))
        .isEqualTo(ids);
  }
}
