package dev.belay.dashboard;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request for a page of the dashboard, or for an action. Immutable, safe for use by many threads;
 * every {@code with…} returns a changed copy.
 */
public final class DashboardRequest {
  /** The maximum length of the body of a request, and of its target: 64 KiB. */
  public static final int SIZE_MAX = 64 * 1024;

  private final String method;
  private final String target;
  private final Access access;
  private final String user;
  private final Map<String, String> headers;
  private final @Nullable String origin;
  private final String body;

  private DashboardRequest(
      DashboardRequest from, Map<String, String> headers, @Nullable String origin, String body) {
    this.method = from.method;
    this.target = from.target;
    this.access = from.access;
    this.user = from.user;
    this.headers = headers;
    this.origin = origin;
    this.body = body;
  }

  private DashboardRequest(String method, String target, Access access, String user) {
    this.method = Objects.requireNonNull(method, "method");
    this.target = Objects.requireNonNull(target, "target");
    this.access = Objects.requireNonNull(access, "access");
    this.user = Objects.requireNonNull(user, "user");
    this.headers = Map.of();
    this.origin = null;
    this.body = "";
  }

  /**
   * Returns a request without headers and body.
   *
   * @param target the path and the query below the place where the dashboard is mounted, as they
   *     were sent: {@code /queue?name=mail}
   * @param access what the user may do
   * @param user who sent the request, as the host knows it: for the log of actions. The form fields
   *     that confirm an action are valid for this user alone, so it should be as narrow as the
   *     host's login
   */
  public static DashboardRequest of(String method, String target, Access access, String user) {
    return new DashboardRequest(method, target, access, user);
  }

  /** Adds a header. */
  public DashboardRequest withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name.toLowerCase(Locale.ROOT), value);
    return new DashboardRequest(this, Map.copyOf(more), origin, body);
  }

  /**
   * Sets the origin under which browsers reach the host, for example {@code
   * https://ops.example.com}. The host sets it from its own configuration, or has checked the
   * {@code Host} that it comes from. Without it every action is refused.
   */
  public DashboardRequest withOrigin(String ownOrigin) {
    return new DashboardRequest(
        this, headers, Objects.requireNonNull(ownOrigin, "ownOrigin"), body);
  }

  /** Sets the body of a form, as it was sent: {@code application/x-www-form-urlencoded}. */
  public DashboardRequest withBody(String form) {
    return new DashboardRequest(this, headers, origin, Objects.requireNonNull(form, "form"));
  }

  String method() {
    return method;
  }

  /** The target as it was sent. */
  String target() {
    return target;
  }

  String path() {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    return path.isEmpty() ? "/" : path;
  }

  Access access() {
    return access;
  }

  String user() {
    return user;
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  Optional<String> origin() {
    return Optional.ofNullable(origin);
  }

  boolean isTooLarge() {
    return body.length() > SIZE_MAX || target.length() > SIZE_MAX;
  }

  /** The fields of the form. */
  Fields form() {
    return new Fields(body);
  }

  /** The parameters of the query. */
  Fields query() {
    int query = target.indexOf('?');
    return new Fields(query < 0 ? "" : target.substring(query + 1));
  }

  /** Decoded names and values; the first value of a name counts. Immutable. */
  static final class Fields {
    /** Ends the name of a field whose value is encoded twice: forms change line breaks. */
    static final String ENCODED = "~";

    private final Map<String, String> values = new LinkedHashMap<>();

    Fields(String encoded) {
      for (String pair : encoded.split("&", -1)) {
        int sign = pair.indexOf('=');
        if (sign > 0) {
          String name = decode(pair.substring(0, sign));
          String value = decode(pair.substring(sign + 1));
          if (name.endsWith(ENCODED)) {
            values.putIfAbsent(name.substring(0, name.length() - 1), decode(value));
          } else {
            values.putIfAbsent(name, value);
          }
        }
      }
    }

    private static String decode(String text) {
      try {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw new BadRequestException("The address has an escape that is not complete.", e);
      }
    }

    /** Returns a value that is not empty. */
    Optional<String> find(String name) {
      return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    /**
     * Returns a value that is not empty.
     *
     * @throws BadRequestException if there is none
     */
    String get(String name) {
      return find(name)
          .orElseThrow(() -> new BadRequestException("The address lacks “" + name + "”.", null));
    }

    /**
     * Returns a number that is not negative.
     *
     * @throws BadRequestException if it is no such number
     */
    long number(String name, long absent) {
      return find(name).map(value -> parse(name, value)).orElse(absent);
    }

    private static long parse(String name, String value) {
      try {
        long number = Long.parseLong(value);
        if (number >= 0) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw new BadRequestException("“" + name + "” is no number.", e);
      }
      throw new BadRequestException("“" + name + "” is negative.", null);
    }
  }
}
