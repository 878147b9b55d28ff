package dev.belay.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.belay.adapters.testing.TestStores;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What LangChain4j's tests demand of each store, sentence by sentence: {@code
 * InMemoryChatMemoryStoreTest}, and those of {@code OracleChatMemoryStoreIT} and {@code
 * CoherenceChatMemoryStoreIT} that are not about their tables and maps. No suite is published.
 */
class ChatMemoryStoreContractTest extends StoreTest {
  @ParameterizedTest
  @EnumSource
  void unknown_then_stored_then_deleted(TestStores database) {
    open(database);
    assertThat(store.getMessages("foo")).isEmpty();

    store.updateMessages("foo", List.of(new UserMessage("abc def"), new AiMessage("ghi jkl")));
    assertThat(store.getMessages("foo"))
        .containsExactly(new UserMessage("abc def"), new AiMessage("ghi jkl"));

    store.deleteMessages("foo");
    assertThat(store.getMessages("foo")).isEmpty();
    store.deleteMessages("foo");
    store.deleteMessages("never");
  }

  @ParameterizedTest
  @EnumSource
  void messages_are_replaced_on_update(TestStores database) {
    open(database);
    store.updateMessages("u", List.of(UserMessage.from("old"), AiMessage.from("old reply")));
    store.updateMessages("u", List.of(UserMessage.from("brand new")));

    assertThat(store.getMessages("u")).containsExactly(UserMessage.from("brand new"));

    store.updateMessages("u", List.of());
    assertThat(store.getMessages("u")).isEmpty();
    store.updateMessages("u", List.of(UserMessage.from("again")));
    assertThat(store.getMessages("u")).containsExactly(UserMessage.from("again"));
  }

  @ParameterizedTest
  @EnumSource
  void messages_are_isolated_by_memory_id(TestStores database) {
    open(database);
    store.updateMessages("a", List.of(UserMessage.from("message a")));
    store.updateMessages("b", List.of(UserMessage.from("message b")));

    assertThat(store.getMessages("a")).containsExactly(UserMessage.from("message a"));
    assertThat(store.getMessages("b")).containsExactly(UserMessage.from("message b"));
  }

  @ParameterizedTest
  @EnumSource
  void contents_come_back_as_they_were(TestStores database) {
    open(database);
    UserMessage user = UserMessage.from("user1", List.of(ImageContent.from("someCatImageUrl")));
    store.updateMessages("u", List.of(SystemMessage.from("be kind"), user));

    assertThat(store.getMessages("u")).containsExactly(SystemMessage.from("be kind"), user);
  }

  @ParameterizedTest
  @EnumSource
  void no_argument_is_null(TestStores database) {
    open(database);
    assertThatNullPointerException().isThrownBy(() -> store.getMessages(null));
    assertThatNullPointerException().isThrownBy(() -> store.updateMessages(null, List.of()));
    assertThatNullPointerException().isThrownBy(() -> store.updateMessages("u", null));
    assertThatNullPointerException().isThrownBy(() -> store.deleteMessages(null));
  }
}
