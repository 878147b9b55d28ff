package dev.belay.kit.queue;

import java.util.TreeMap;

/** What {@link QueueOperations} answer when one thread at a time acts. 0 stands for no claim. */
public final class QueueSpecification {
  private final TreeMap<Integer, String> ready = new TreeMap<>();
  private final TreeMap<Integer, Integer> workOfGrant = new TreeMap<>();
  private final TreeMap<Integer, String> payloadOfGrant = new TreeMap<>();
  private final int[] first = new int[QueueOperations.THREADS_MAX];
  private final int[] newest = new int[QueueOperations.THREADS_MAX];
  private int works;
  private int grants;

  public String enqueue(int thread) {
    works++;
    ready.put(works, "of thread " + thread);
    return "added";
  }

  public String claim(int thread) {
    var head = ready.pollFirstEntry();
    if (head == null) {
      return "nothing";
    }
    grants++;
    workOfGrant.put(grants, head.getKey());
    payloadOfGrant.put(grants, head.getValue());
    newest[thread] = grants;
    if (first[thread] == 0) {
      first[thread] = grants;
    }
    return head.getValue();
  }

  public String completeNewest(int thread) {
    return settle(newest[thread], false);
  }

  public String completeFirst(int thread) {
    return settle(first[thread], false);
  }

  public String releaseNewest(int thread) {
    return settle(newest[thread], true);
  }

  private String settle(int grant, boolean back) {
    if (grant == 0) {
      return "none";
    }
    Integer work = workOfGrant.remove(grant);
    String payload = payloadOfGrant.remove(grant);
    if (work == null || payload == null) {
      return "CLAIM_LOST";
    }
    if (back) {
      ready.put(work, payload);
    }
    return "SETTLED";
  }
}
