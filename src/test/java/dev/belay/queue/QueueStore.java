package dev.belay.queue;

import dev.belay.Belay;
import dev.belay.testing.ManualClock;
import dev.belay.testing.TestOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A store in memory with one queue, a clock that stands still, and retries after 10 s. */
final class QueueStore implements AfterEachCallback {
  static final Duration TTL = Duration.ofSeconds(30);
  static final Duration RETRY = Duration.ofSeconds(10);
  static final Duration MS = Duration.ofMillis(1);

  final ManualClock clock = new ManualClock();
  final Belay belay = Belay.openInMemory(TestOptions.defaults().withClock(clock));
  final WorkQueue queue = belay.queue("jobs", QueueOptions.defaults().withRetry(attempt -> RETRY));

  long add(NewWork work) {
    return queue.enqueue(work).workId();
  }

  long add(String payload) {
    return add(NewWork.of(payload));
  }

  long addToLane(String lane, String payload) {
    return add(NewWork.of(payload).withLane(lane));
  }

  /** The next claim, which must be there. */
  Claim claim() {
    return queue.claim("w", TTL).orElseThrow();
  }

  /** Claims and completes all that is claimable now; the payloads in the order of the claims. */
  List<String> drain() {
    List<String> payloads = new ArrayList<>();
    for (var claim = queue.claim("w", TTL); claim.isPresent(); claim = queue.claim("w", TTL)) {
      payloads.add(claim.get().payload());
      queue.complete(claim.get());
    }
    return payloads;
  }

  WorkState state(long id) {
    return work(id).state();
  }

  Work work(long id) {
    return queue.find(id).orElseThrow();
  }

  static List<String> payloads(List<Claim> claims) {
    return claims.stream().map(Claim::payload).toList();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    belay.close();
  }
}
