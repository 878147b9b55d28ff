package dev.belay.benchmarks.queue;

import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;

/**
 * An item as JobRunr keeps it: as a request, which costs it less than a lambda does. Belongs to one
 * thread at a time; public because JobRunr reads and writes it as JSON.
 */
public final class JobRunrItem implements JobRequest {
  /** Of the item. */
  public String payload;

  /** For JSON. */
  public JobRunrItem() {}

  JobRunrItem(String payload) {
    this.payload = payload;
  }

  @Override
  public Class<Handler> getJobRequestHandler() {
    return Handler.class;
  }

  /** Does the item. Safe for use by many threads. */
  public static final class Handler implements JobRequestHandler<JobRunrItem> {
    private final Items items;

    Handler(Items items) {
      this.items = items;
    }

    @Override
    public void run(JobRunrItem item) {
      items.work(item.payload);
    }
  }
}
