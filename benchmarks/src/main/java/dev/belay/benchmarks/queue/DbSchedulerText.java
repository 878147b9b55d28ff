package dev.belay.benchmarks.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.kagkarlsson.scheduler.serializer.Serializer;

/**
 * Keeps the data of a task as its UTF-8, which is cheaper than Java's serialization. Stateless,
 * safe for use by many threads.
 */
public final class DbSchedulerText implements Serializer {
  @Override
  public byte[] serialize(Object data) {
    return data == null ? new byte[0] : data.toString().getBytes(UTF_8);
  }

  @Override
  public <T> T deserialize(Class<T> type, byte[] data) {
    return data == null ? null : type.cast(new String(data, UTF_8));
  }
}
