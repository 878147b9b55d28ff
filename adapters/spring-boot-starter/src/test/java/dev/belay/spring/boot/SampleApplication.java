package dev.belay.spring.boot;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.testing.Parent;
import java.util.List;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The application of the README: chats over HTTP, whose messages a worker answers. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({SampleApplication.Chats.class, SampleApplication.Told.class})
class SampleApplication {
  // snippet: worker
  /** Answers each message once, in the order of its chat. */
  @Bean
  BelayWorker replies() {
    return BelayWorker.of(
        "replies",
        (claim, context) ->
            context.commit( // the answer and the end of the work: both, or neither
                SessionCommit.to(claim.lane())
                    .append(NewEvent.of("assistant", "echo: " + claim.payload()))
                    .complete(claim)));
  }

  // end: worker

  // snippet: controller
  @RestController
  static class Chats {
    private final Belay belay;

    Chats(Belay belay) {
      this.belay = belay;
    }

    /** Keeps a message, and the work that answers it: both, or neither. */
    @PostMapping("/chats/{chat}")
    void say(@PathVariable String chat, @RequestBody String text) {
      belay
          .sessions()
          .commit(
              SessionCommit.to(chat)
                  .append(NewEvent.of("user", text))
                  .enqueue("replies", NewWork.of(text).withLane(chat)))
          .orThrow();
    }

    @GetMapping("/chats/{chat}")
    List<String> read(@PathVariable String chat) {
      return belay.sessions().history(chat).stream().map(SessionEvent::payload).toList();
    }
  }

  // end: controller

  /** Tells the test the port. */
  static class Told {
    private final Parent parent = new Parent();

    @EventListener
    void started(WebServerInitializedEvent event) {
      parent.follow();
      parent.say("port " + event.getWebServer().getPort());
    }
  }

  public static void main(String... arguments) {
    SpringApplication application = new SpringApplication(SampleApplication.class);
    application.setBannerMode(Banner.Mode.OFF);
    application.run(arguments);
  }
}
