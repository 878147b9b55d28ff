package dev.belay;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something public of each kind that {@link PublicApi} has to render. */
public interface PublicApiSample extends Comparable<PublicApiSample> {
  int LIMIT = 1;

  <X extends Exception> @Nullable PublicApiSample open(
      @Nullable String name, List<? extends Number> sizes, int... rest) throws X, IOException;

  record Size(int width, @Nullable String unit) {}
}
