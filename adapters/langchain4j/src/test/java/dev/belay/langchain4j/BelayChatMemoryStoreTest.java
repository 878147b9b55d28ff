package dev.belay.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.adapters.testing.TestStores;
import dev.belay.session.CommitRefusedException;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.testing.Patience;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageSerializer;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.PdfFileContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.message.VideoContent;
import dev.langchain4j.memory.ChatMemory;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the store writes, and what it never loses. */
class BelayChatMemoryStoreTest extends StoreTest {
  private static final String SESSION = "langchain4j/String/u";

  @ParameterizedTest
  @EnumSource
  void each_message_is_one_row_however_small_the_window(TestStores database) {
    open(database);
    ChatMemory memory = memory(10);
    memory.add(SystemMessage.from("be kind"));
    for (int i = 1; i <= 50; i++) {
      memory.add(UserMessage.from("question " + i));
      memory.add(AiMessage.from("yes")); // the same text each time
    }

    assertThat(rows(SESSION)).hasSize(101);
    assertThat(belay.sessions().history(SESSION)).isEqualTo(rows(SESSION));
    assertThat(state()).isEqualTo("1,93-101");
    assertThat(store.getMessages("u")).isEqualTo(memory.messages()).hasSize(10);
  }

  @ParameterizedTest
  @EnumSource
  void every_kind_of_message_comes_back_as_it_was(TestStores database) {
    open(database);
    List<ChatMessage> messages = everyKind();

    store.updateMessages("u", messages);
    List<ChatMessage> read = store.getMessages("u");
    store.updateMessages("u", read);

    assertThat(read).isEqualTo(messages);
    assertThat(rows(SESSION)).hasSize(messages.size());
    for (int i = 0; i < messages.size(); i++) {
      SessionEvent row = rows(SESSION).get(i);
      assertThat(row.type()).isEqualTo(messages.get(i).type().name());
      assertThat(row.payload()).isEqualTo(ChatMessageSerializer.messageToJson(messages.get(i)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void text_that_no_database_keeps_comes_back_too(TestStores database) {
    open(database);
    List<ChatMessage> messages =
        List.of(
            UserMessage.from("cut \uD83D"),
            AiMessage.from("\uDE80 and \uD83D\uDE80, \uD83D\uD83D\uDE80 \0 \\u \""));

    store.updateMessages("u", messages);

    assertThat(store.getMessages("u")).isEqualTo(messages);
    store.updateMessages("u", store.getMessages("u"));
    assertThat(rows(SESSION)).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void from_an_edited_message_on_all_is_appended_again(TestStores database) {
    open(database);
    store.updateMessages("u", users("a", "b", "c", "d"));

    store.updateMessages("u", users("a", "B", "c", "d", "e"));

    assertThat(store.getMessages("u")).isEqualTo(users("a", "B", "c", "d", "e"));
    assertThat(texts()).containsExactly("a", "b", "c", "d", "B", "c", "d", "e");
    assertThat(state()).isEqualTo("1,5-8");
  }

  @ParameterizedTest
  @EnumSource
  void a_system_message_that_changes_with_each_turn_is_appended_alone(TestStores database) {
    open(database);
    ChatMemory memory =
        MessageWindowChatMemory.builder()
            .id("u")
            .maxMessages(100)
            .chatMemoryStore(store)
            .alwaysKeepSystemMessageFirst(true)
            .build();
    for (int i = 1; i <= 10; i++) {
      memory.add(SystemMessage.from("it is " + i + " o'clock"));
      memory.add(UserMessage.from("question " + i));
    }

    assertThat(rows(SESSION)).hasSize(20);
    assertThat(memory.messages()).hasSize(11);
    assertThat(memory.messages().get(0)).isEqualTo(SystemMessage.from("it is 10 o'clock"));
    assertThat(memory.messages().get(10)).isEqualTo(UserMessage.from("question 10"));
  }

  @ParameterizedTest
  @EnumSource
  void messages_that_leave_anywhere_cost_nothing(TestStores database) {
    open(database);
    store.updateMessages("u", users("a", "b", "c", "d", "c"));
    store.updateMessages("u", users("b", "c"));
    assertThat(state()).isEqualTo("2-3");
    store.updateMessages("u", users("c", "x"));

    assertThat(store.getMessages("u")).isEqualTo(users("c", "x"));
    assertThat(texts()).containsExactly("a", "b", "c", "d", "c", "x");
    assertThat(state()).isEqualTo("3,6");
  }

  @ParameterizedTest
  @EnumSource
  void the_same_window_again_changes_nothing(TestStores database) {
    open(database);
    store.updateMessages("u", List.of());
    assertThat(belay.sessions().find(SESSION)).isEmpty();
    store.updateMessages("u", users("a", "b"));
    store.updateMessages("u", users("b", "c"));
    long revision = belay.sessions().find(SESSION).orElseThrow().revision();

    store.updateMessages("u", users("b", "c"));

    assertThat(belay.sessions().find(SESSION).orElseThrow().revision()).isEqualTo(revision);
  }

  @ParameterizedTest
  @EnumSource
  void a_payload_that_another_codec_wrote_is_kept_as_it_is(TestStores database) {
    open(database);
    String written = "{\"type\":\"USER\", \"contents\":[{\"text\":\"a\",\"type\":\"TEXT\"}]}";
    belay
        .sessions()
        .commit(SessionCommit.to(SESSION).append(NewEvent.of("USER", written)))
        .orThrow();
    assertThat(written).isNotEqualTo(ChatMessageSerializer.messageToJson(UserMessage.from("a")));

    store.updateMessages("u", users("a", "b"));

    assertThat(rows(SESSION)).hasSize(2);
    assertThat(rows(SESSION).get(0).payload()).isEqualTo(written);
  }

  @ParameterizedTest
  @EnumSource
  void numbers_that_json_does_not_tell_apart_are_one_message(TestStores database) {
    open(database);
    UserMessage message =
        UserMessage.builder()
            .addContent(TextContent.from("a"))
            .attributes(Map.of("price", new BigDecimal("1.10"), "no", 7L))
            .build();
    store.updateMessages("u", List.of(message));

    List<ChatMessage> window = new ArrayList<>(store.getMessages("u"));
    window.add(UserMessage.from("b"));
    store.updateMessages("u", window);

    assertThat(rows(SESSION)).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void a_window_that_no_page_can_hold_is_read_whole(TestStores database) {
    open(database);
    String long1 = "x".repeat(5 << 20); // a page of events has 8 MiB at most
    String long2 = "y".repeat(5 << 20);

    store.updateMessages("u", users("a", long1, long2, "b"));
    assertThat(store.getMessages("u").equals(users("a", long1, long2, "b"))).isTrue();
    store.updateMessages("u", users(long1, long2, "b", "c"));

    assertThat(store.getMessages("u").equals(users(long1, long2, "b", "c"))).isTrue();
    assertThat(state()).isEqualTo("2-5");
  }

  @ParameterizedTest
  @EnumSource
  void a_deleted_memory_begins_again(TestStores database) {
    open(database);
    for (int i = 1; i <= 3; i++) {
      store.updateMessages("u", users("a", "b", "c"));
      store.updateMessages("u", users("b", "c", "d"));
      assertThat(texts()).containsExactly("a", "b", "c", "d");
      assertThat(store.getMessages("u")).isEqualTo(users("b", "c", "d"));
      store.deleteMessages("u");
      assertThat(store.getMessages("u")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_commit_that_was_faster_is_built_on(TestStores database) throws Exception {
    open(database);
    int updates = 25;
    List<Callable<Void>> holders = new ArrayList<>();
    for (int holder = 0; holder < 8; holder++) {
      String name = "h" + holder + "-";
      holders.add(
          () -> {
            for (int i = 0; i < updates; i++) {
              store.updateMessages("u", users(name + i));
            }
            return null;
          });
    }

    ExecutorService threads = Executors.newFixedThreadPool(holders.size());
    try {
      for (Future<Void> done : threads.invokeAll(holders)) {
        Patience.get(done);
      }
    } finally {
      threads.shutdownNow();
    }

    // Each update has a message that was new, and a conflict that was not repeated has none.
    assertThat(texts()).hasSize(holders.size() * updates).doesNotHaveDuplicates();
    assertThat(store.getMessages("u")).isEqualTo(users(texts().get(texts().size() - 1)));
  }

  @ParameterizedTest
  @EnumSource
  void a_leaf_that_another_commit_moved_does_no_harm(TestStores database) {
    open(database);
    store.updateMessages("u", users("a", "b", "c"));
    belay.sessions().commit(SessionCommit.to(SESSION).parent(1)).orThrow();

    store.updateMessages("u", users("c", "d"));

    assertThat(store.getMessages("u")).isEqualTo(users("c", "d"));
    assertThat(rows(SESSION)).hasSize(4);
  }

  @Test
  void ids_are_told_apart_by_their_types() {
    open(TestStores.SQLITE);
    UUID uuid = UUID.fromString("00000000-0000-0007-0000-000000000007");
    List<Object> ids =
        List.of(
            7,
            "7",
            7L,
            (short) 7,
            (byte) 7,
            '7',
            BigInteger.valueOf(7),
            uuid,
            uuid.toString(),
            true,
            "true",
            DayOfWeek.MONDAY,
            "MONDAY",
            "",
            "java.time.DayOfWeek#MONDAY",
            "Integer/7",
            " 7/ä\uD83D\uDE80");
    for (Object id : ids) {
      assertThat(store.getMessages(id)).isEmpty();
      store.updateMessages(id, users(id.getClass() + " " + id));
    }

    for (Object id : ids) {
      assertThat(store.getMessages(id)).isEqualTo(users(id.getClass() + " " + id));
    }
    assertThat(belay.sessions().list(null, 100)).hasSize(ids.size());
  }

  /** Its text does not tell it apart: (a="1, b=2", b="3") has that of (a="1", b="2, b=3"). */
  private record UserKey(String a, String b) {}

  @Test
  void an_id_whose_text_may_be_that_of_another_needs_a_function() {
    open(TestStores.SQLITE);
    for (Object id : List.of(new UserKey("1", "2"), List.of(7), new Object(), new int[] {7}, 1.5)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.updateMessages(id, users("a")))
          .withMessageContaining(id.getClass().getName())
          .withMessageContaining("function");
    }
    assertThat(belay.sessions().list(null, 1)).isEmpty();

    BelayChatMemoryStore named =
        new BelayChatMemoryStore(
            belay,
            id -> {
              UserKey key = (UserKey) id;
              return "chat/" + key.a().length() + "/" + key.a() + "/" + key.b();
            });
    named.updateMessages(new UserKey("1, b=2", "3"), users("a"));
    assertThat(named.getMessages(new UserKey("1", "2, b=3"))).isEmpty();
    assertThat(belay.sessions().find("chat/6/1, b=2/3")).isPresent();
  }

  @Test
  void what_is_no_window_is_refused() {
    open(TestStores.SQLITE);
    for (String state :
        List.of("{}", "1-", "0", "1,,2", "-1", "1-2-3", "9999999999999999999", "1-2")) {
      long revision = belay.sessions().find(SESSION).map(head -> head.revision()).orElse(0L);
      belay.sessions().commit(SessionCommit.to(SESSION, revision).state(state)).orThrow();
      assertThatIllegalStateException()
          .isThrownBy(() -> store.getMessages("u"))
          .withMessageContaining(SESSION)
          .withMessageNotContaining(state + " ");
    }
    belay.sessions().delete(SESSION);
    assertThatThrownBy(() -> store.updateMessages("u", users("a")))
        .isInstanceOf(CommitRefusedException.class);
  }

  static List<ChatMessage> everyKind() {
    ToolExecutionRequest weather =
        ToolExecutionRequest.builder()
            .id("1")
            .name("weather")
            .arguments("{\"at\":\"Pune\"}")
            .build();
    ToolExecutionRequest time = ToolExecutionRequest.builder().name("time").build();
    return List.of(
        SystemMessage.from("be kind"),
        UserMessage.builder()
            .name("ann")
            .addContent(TextContent.from("what is this?"))
            .addContent(
                ImageContent.from("https://example.com/a.png", ImageContent.DetailLevel.HIGH))
            .addContent(ImageContent.from("aGVsbG8=", "image/png"))
            .addContent(AudioContent.from("aGVsbG8=", "audio/mp3"))
            .addContent(VideoContent.from("https://example.com/a.mp4"))
            .addContent(PdfFileContent.from("aGVsbG8=", "application/pdf"))
            .attributes(Map.of("a", 1, "b", List.of("x", Map.of("y", 1.5)), "c", true))
            .build(),
        AiMessage.builder()
            .text("I ask")
            .thinking("hm")
            .toolExecutionRequests(List.of(weather, time))
            .attributes(Map.of("model", "m"))
            .build(),
        ToolExecutionResultMessage.from(weather, "31 °C"),
        ToolExecutionResultMessage.builder()
            .toolName("time")
            .contents(TextContent.from("late"), ImageContent.from("aGVsbG8=", "image/png"))
            .isError(true)
            .attributes(Map.of("ms", 12))
            .build(),
        AiMessage.from(List.of(weather)),
        ToolExecutionResultMessage.from(weather, ""),
        AiMessage.from("31 °C"),
        CustomMessage.from(Map.of("kind", "note")));
  }

  private ChatMemory memory(int maxMessages) {
    return MessageWindowChatMemory.builder()
        .id("u")
        .maxMessages(maxMessages)
        .chatMemoryStore(store)
        .build();
  }

  static List<ChatMessage> users(String... texts) {
    return Arrays.stream(texts).<ChatMessage>map(UserMessage::from).toList();
  }

  private List<String> texts() {
    return rows(SESSION).stream()
        .map(row -> ((UserMessage) MessageJson.message(row.payload())).singleText())
        .toList();
  }

  private String state() {
    return belay.sessions().find(SESSION).orElseThrow().state();
  }
}
