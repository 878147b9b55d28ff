package dev.belay.kit.lease;

/** What {@link LeaseOperations} answer when one thread at a time acts. 0 stands for no grant. */
public final class LeaseSpecification {
  private final int[] first = new int[LeaseOperations.THREADS_MAX];
  private final int[] newest = new int[LeaseOperations.THREADS_MAX];
  private int grants;
  private int live;
  private int holder;

  public String acquire(int thread) {
    if (live != 0) {
      return "held by thread " + holder;
    }
    grants++;
    live = grants;
    holder = thread;
    newest[thread] = live;
    if (first[thread] == 0) {
      first[thread] = live;
    }
    return "granted";
  }

  public String renewNewest(int thread) {
    return renew(newest[thread]);
  }

  public String renewFirst(int thread) {
    return renew(first[thread]);
  }

  public String releaseNewest(int thread) {
    return release(newest[thread]);
  }

  public String releaseFirst(int thread) {
    return release(first[thread]);
  }

  public String holder() {
    return live == 0 ? "nobody" : "thread " + holder;
  }

  private String renew(int grant) {
    if (grant == 0) {
      return "none";
    }
    return grant == live ? "renewed" : "lost";
  }

  private String release(int grant) {
    if (grant == 0) {
      return "none";
    }
    if (grant != live) {
      return "lost";
    }
    live = 0;
    return "released";
  }
}
