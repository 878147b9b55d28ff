package dev.belay.dashboard;

import java.util.Map;
import java.util.Objects;

/**
 * The answer to a {@link DashboardRequest}. Immutable, safe for use by many threads.
 *
 * @param status the HTTP status
 * @param headers the headers, each with one value; a host sends all of them, because the security
 *     of the pages rests on them
 * @param body the body, to be sent as UTF-8; empty for a redirect
 */
public record DashboardResponse(int status, Map<String, String> headers, String body) {
  /** Copies {@code headers}. */
  public DashboardResponse {
    headers = Map.copyOf(headers);
    Objects.requireNonNull(body, "body");
  }
}
