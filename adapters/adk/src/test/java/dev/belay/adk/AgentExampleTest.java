package dev.belay.adk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.adk.agents.BaseAgent;
import com.google.adk.agents.LlmAgent;
import com.google.adk.agents.RunConfig;
import com.google.adk.models.BaseLlm;
import com.google.adk.models.BaseLlmConnection;
import com.google.adk.models.LlmRequest;
import com.google.adk.models.LlmResponse;
import com.google.adk.runner.Runner;
import com.google.adk.sessions.Session;
import com.google.genai.types.Content;
import com.google.genai.types.Part;
import dev.belay.Belay;
import io.reactivex.rxjava3.core.Flowable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of the README, with ADK's own runner and an agent whose model counts. */
class AgentExampleTest {
  @TempDir Path folder;

  private final List<String> printed = new ArrayList<>();

  @Test
  void an_agent_remembers_a_conversation_after_a_restart() {
    Path file = folder.resolve("agents.db");
    BaseAgent agent =
        LlmAgent.builder().name("counter").model(new CountingModel()).outputKey("last").build();

    ask(file, agent, "hi");
    ask(file, agent, "and again");

    assertThat(printed).containsExactly("messages so far: 1", "messages so far: 3");
    try (Belay belay = Belay.open(file)) {
      Session session =
          BelaySessionService.of(belay)
              .getSession("support", "ann", "s-1", Optional.empty())
              .blockingGet();
      assertThat(session).isNotNull();
      assertThat(session.events())
          .extracting(event -> event.author())
          .containsExactly("user", "counter", "user", "counter");
      assertThat(session.state()).containsEntry("last", "messages so far: 3");
    }
  }

  private void ask(Path file, BaseAgent agent, String message) {
    // snippet: agent
    try (Belay belay = Belay.open(file)) { // or Belay.openPostgres(url)
      Runner runner =
          Runner.builder()
              .appName("support")
              .agent(agent)
              .sessionService(BelaySessionService.of(belay))
              .build();
      RunConfig config = RunConfig.builder().autoCreateSession(true).build();
      runner
          .runAsync("ann", "s-1", Content.fromParts(Part.fromText(message)), config)
          .blockingForEach(event -> print(event.stringifyContent()));
    }
    // end: agent
  }

  private void print(String text) {
    printed.add(text);
  }

  /** A model that answers how many messages it was shown. Stateless, safe for many threads. */
  private static final class CountingModel extends BaseLlm {
    CountingModel() {
      super("counting");
    }

    @Override
    public Flowable<LlmResponse> generateContent(LlmRequest request, boolean stream) {
      String text = "messages so far: " + request.contents().size();
      return Flowable.just(
          LlmResponse.builder()
              .content(Content.builder().role("model").parts(Part.fromText(text)).build())
              .build());
    }

    @Override
    public BaseLlmConnection connect(LlmRequest request) {
      throw new UnsupportedOperationException("live");
    }
  }
}
