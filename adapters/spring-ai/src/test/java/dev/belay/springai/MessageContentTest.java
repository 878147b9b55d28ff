package dev.belay.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.testing.LogProbe;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.ai.chat.memory.ChatMemoryRepository;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.content.Media;
import org.springframework.util.MimeTypeUtils;

/**
 * What of a message comes back.
 *
 * <p>Goal: everything, or a refusal that names what cannot; nothing is dropped silently. Method:
 * messages with all that Spring AI's classes can have.
 */
class MessageContentTest {
  private static final String ID = "chat-17";

  @TempDir Path folder;

  private static Message roundTrip(Belay belay, Message message) {
    ChatMemoryRepository repository = BelayChatMemoryRepository.of(belay);
    repository.saveAll(ID, List.of(message));
    List<Message> read = repository.findByConversationId(ID);
    assertThat(read).hasSize(1);
    return read.get(0);
  }

  private static Message withMetadata(Map<String, Object> metadata) {
    return UserMessage.builder().text("a").metadata(metadata).build();
  }

  @ParameterizedTest
  @EnumSource
  void metadata_comes_back_equal_with_its_types_and_survives_a_second_save(TestStores engine) {
    Map<String, Object> metadata = new HashMap<>();
    metadata.put(
        "JdbcChatMemoryRepository_message_timestamp", Instant.parse("2026-01-02T03:04:05Z"));
    metadata.put("text", "ü \" \\ \u0000 \uD83D\uDE00");
    metadata.put("null", null);
    metadata.put("numbers", List.of(1, 2.5, 3L, 4f, (short) 5, (byte) 6, Double.NaN));
    metadata.put("big", List.of(BigInteger.TEN.pow(40), new BigDecimal("1.10")));
    metadata.put("flags", Arrays.asList(true, false, null));
    metadata.put(
        "times",
        List.of(
            Duration.ofMillis(1),
            LocalDate.EPOCH,
            LocalDateTime.MIN,
            OffsetDateTime.MAX,
            ZonedDateTime.parse("2026-01-02T03:04:05+01:00[Europe/Berlin]")));
    metadata.put("ids", List.of(new UUID(1, 2), URI.create("https://example.com/?a=b")));
    metadata.put("maps", Map.of("b", Map.of("x", 1L), "a", List.of(Map.of())));
    metadata.put("looksMarked", Map.of("@Long", "no number"));
    try (Belay belay = engine.open(folder, BelayOptions.defaults())) {
      Message read = roundTrip(belay, withMetadata(metadata));
      assertThat(read).isEqualTo(withMetadata(metadata));
      assertThat(roundTrip(belay, read)).isEqualTo(read);
      assertThat(belay.sessions().events("spring-ai/" + ID, 0, 10)).hasSize(1);
    }
  }

  /** A value that Jackson can write. Immutable. */
  record Annotation(String title, List<Integer> range) {}

  @Test
  void values_of_other_classes_come_back_as_data() {
    try (Belay belay = Belay.openInMemory()) {
      Message read =
          roundTrip(
              belay,
              withMetadata(
                  Map.of(
                      "annotations",
                      List.of(new Annotation("t", List.of(1, 2))),
                      "enum",
                      MessageType.TOOL,
                      "byNumber",
                      Map.of(1, "one"),
                      "array",
                      new String[] {"x"})));

      assertThat(read.getMetadata())
          .containsEntry("annotations", List.of(Map.of("title", "t", "range", List.of(1, 2))))
          .containsEntry("enum", "TOOL")
          .containsEntry("byNumber", Map.of("1", "one"))
          .containsEntry("array", List.of("x"));
      assertThat(roundTrip(belay, read)).isEqualTo(read);
    }
  }

  @Test
  void bytes_in_metadata_come_back_as_bytes() {
    try (Belay belay = Belay.openInMemory()) {
      Message read =
          roundTrip(belay, withMetadata(Map.of("signatures", List.of(new byte[] {1, 2, -3}))));

      assertThat((List<?>) read.getMetadata().get("signatures"))
          .singleElement()
          .isEqualTo(new byte[] {1, 2, -3});
    }
  }

  @Test
  void metadata_that_cannot_be_written_is_refused_by_name_and_nothing_is_written() {
    try (Belay belay = Belay.openInMemory()) {
      ChatMemoryRepository repository = BelayChatMemoryRepository.of(belay);
      Message message = withMetadata(Map.of("lock", new Object()));

      assertThatIllegalArgumentException()
          .isThrownBy(() -> repository.saveAll(ID, List.of(new UserMessage("a"), message)))
          .withMessage("metadata lock cannot be stored: it has a java.lang.Object");
      assertThat(repository.findConversationIds()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void media_of_users_and_assistants_come_back(TestStores engine) throws Exception {
    List<Media> media =
        List.of(
            Media.builder()
                .mimeType(MimeTypeUtils.IMAGE_PNG)
                .data(new byte[] {1, 2, -3})
                .id("m-1")
                .name("picture")
                .build(),
            new Media(
                MimeTypeUtils.parseMimeType("text/plain;charset=utf-8"), URI.create("s3://b/k")),
            Media.builder()
                .mimeType(MimeTypeUtils.IMAGE_GIF)
                .data(new URL("https://example.com/a b.gif"))
                .build());
    try (Belay belay = engine.open(folder, BelayOptions.defaults())) {
      UserMessage user =
          (UserMessage) roundTrip(belay, UserMessage.builder().text("look").media(media).build());
      assertSame(user.getMedia(), media);

      AssistantMessage assistant =
          (AssistantMessage)
              roundTrip(belay, AssistantMessage.builder().content("made").media(media).build());
      assertSame(assistant.getMedia(), media);
      roundTrip(belay, assistant);
      assertThat(belay.sessions().events("spring-ai/" + ID, 0, 10)).hasSize(2);
    }
  }

  private static void assertSame(List<Media> read, List<Media> saved) {
    assertThat(read).extracting(Media::getId).isEqualTo(saved.stream().map(Media::getId).toList());
    assertThat(read)
        .extracting(Media::getName)
        .isEqualTo(saved.stream().map(Media::getName).toList());
    assertThat(read)
        .extracting(Media::getMimeType)
        .isEqualTo(saved.stream().map(Media::getMimeType).toList());
    for (int i = 0; i < saved.size(); i++) {
      assertThat(read.get(i).getData()).isEqualTo(saved.get(i).getData());
    }
  }

  @Test
  void a_window_that_is_larger_than_a_page_of_events_is_read_whole() {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      messages.add(
          UserMessage.builder()
              .text("picture " + i)
              .media(
                  Media.builder()
                      .mimeType(MimeTypeUtils.IMAGE_PNG)
                      .data(new byte[3 << 20])
                      .name("p")
                      .build())
              .build());
    }
    try (Belay belay = Belay.openInMemory()) {
      ChatMemoryRepository repository = BelayChatMemoryRepository.of(belay);
      repository.saveAll(ID, messages);
      messages.remove(0);
      repository.saveAll(ID, messages);

      assertThat(repository.findByConversationId(ID)).isEqualTo(messages);
      assertThat(belay.sessions().find("spring-ai/" + ID).orElseThrow().leafSeq()).isEqualTo(5);
    }
  }

  @Test
  void a_medium_that_is_too_large_is_refused_by_the_rule_for_texts() {
    try (Belay belay = Belay.openInMemory()) {
      ChatMemoryRepository repository = BelayChatMemoryRepository.of(belay);
      Message message =
          UserMessage.builder()
              .text("film")
              .media(
                  Media.builder()
                      .mimeType(MimeTypeUtils.ALL)
                      .data(new byte[49 << 20])
                      .name("f")
                      .build())
              .build();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> repository.saveAll(ID, List.of(message)))
          .withMessageContaining("payload");
      assertThat(repository.findConversationIds()).isEmpty();
    }
  }

  @Test
  void an_assistant_message_without_text_and_with_ids_that_are_missing_comes_back() {
    AssistantMessage calls =
        AssistantMessage.builder()
            .toolCalls(List.of(new ToolCall(null, "function", "look", "{}")))
            .build();
    try (Belay belay = Belay.openInMemory()) {
      assertThat(roundTrip(belay, calls)).isEqualTo(calls);
      assertThat(roundTrip(belay, new AssistantMessage(null)))
          .isEqualTo(new AssistantMessage(null));
    }
  }

  /** A message as providers have them. Immutable. */
  private static final class ProviderMessage extends AssistantMessage {
    ProviderMessage(String text) {
      super(text);
    }
  }

  @Test
  void a_subclass_is_warned_of_once_and_another_message_is_refused_by_name() {
    try (Belay belay = Belay.openInMemory();
        LogProbe log = LogProbe.recording()) {
      for (int i = 0; i < 3; i++) {
        assertThat(roundTrip(belay, new ProviderMessage("a" + i)))
            .isExactlyInstanceOf(AssistantMessage.class);
      }
      assertThat(log.warnings()).singleElement().asString().contains("ProviderMessage");

      Message other =
          new Message() {
            @Override
            public MessageType getMessageType() {
              return MessageType.USER;
            }

            @Override
            public String getText() {
              return "a";
            }

            @Override
            public Map<String, Object> getMetadata() {
              return Map.of();
            }
          };
      assertThatIllegalArgumentException()
          .isThrownBy(() -> roundTrip(belay, other))
          .withMessageContaining(other.getClass().getName());
    }
  }
}
