package dev.belay.postgres;

import dev.belay.Belay;
import dev.belay.testing.Parent;
import dev.belay.testing.TestOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A process of the hammer: {@code args[0]} is the URL of the store, {@code args[1]} the number of
 * threads, {@code args[2]} its name. It acts until it hears {@code drain}, then only finishes work
 * until it hears {@code stop}, and then writes what its callers were told.
 */
final class HammerChild {
  private HammerChild() {}

  public static void main(String[] args) throws Exception {
    Parent parent = new Parent();
    AtomicBoolean drains = new AtomicBoolean();
    AtomicBoolean stops = new AtomicBoolean();
    parent.listen(
        line -> {
          drains.set(true);
          stops.set(line.equals("stop"));
        });
    HammerTold told = new HammerTold();
    try (Belay belay = Belay.openPostgres(args[0], TestOptions.defaults().withCommitGroupMax(1))) {
      HammerActs acts = new HammerActs(belay, told, args[2]);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < Integer.parseInt(args[1]); i++) {
        long seed = args[2].hashCode() * 31L + i;
        threads.add(new Thread(() -> acts.run(seed, drains, stops), "hammer-" + i));
      }
      threads.forEach(Thread::start);
      parent.say("running");
      for (Thread thread : threads) {
        thread.join();
      }
      belay.useWrite(tx -> HammerAudit.tell(tx.handle(), told.all()));
    }
    parent.say("told");
  }
}
