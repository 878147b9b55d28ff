package dev.belay.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Admits the requests of browsers that have opened a printed link. Safe for use by many threads.
 *
 * <ol>
 *   <li>The {@code Host} has to be this server's: a name of another site that leads to the loopback
 *       address has its own.
 *   <li>A link has a secret of 256 bits. It works once, and sends the browser on, with a cookie in
 *       place of the secret, so that neither the address bar nor the history has it.
 *   <li>The cookie is another secret. It is named by the port, since cookies do not tell ports
 *       apart.
 *   <li>The page is asked with the origin of the request's own host, for the user {@code local}.
 * </ol>
 */
final class LoopbackGuard {
  /** How long a link works: 60 s. */
  static final Duration LINK_LIFE = Duration.ofSeconds(60);

  /** How long a cookie works: 8 h. */
  static final Duration COOKIE_LIFE = Duration.ofHours(8);

  /** The maximum number of links and of cookies that work; the oldest one ends. */
  static final int SECRETS_MAX = 16;

  private final Function<DashboardRequest, DashboardResponse> dashboard;
  private final InstantSource clock;
  private final int port;
  private final Set<String> hosts;
  private final Deque<Secret> links = new ArrayDeque<>();
  private final Deque<Secret> cookies = new ArrayDeque<>();

  /** A secret and when it ends. Immutable. */
  private record Secret(String text, Instant until) {}

  LoopbackGuard(
      Function<DashboardRequest, DashboardResponse> dashboard, int port, InstantSource clock) {
    this.dashboard = dashboard;
    this.port = port;
    this.clock = clock;
    this.hosts = Set.of("127.0.0.1:" + port, "localhost:" + port);
  }

  String newLink() {
    return "http://127.0.0.1:" + port + "/?token=" + add(links, LINK_LIFE);
  }

  String cookieName() {
    return "belay-" + port;
  }

  /** Answers a request; an admitted browser may do all that the dashboard can. */
  DashboardResponse handle(DashboardRequest request) {
    String host = request.header("Host").orElse("");
    if (!hosts.contains(host)) {
      return Answers.secured(Answers.plain(421, "This is not the address of the dashboard."));
    }
    if (request.isTooLarge()) {
      return Answers.secured(Answers.plain(413, "A request may have 64 KiB."));
    }
    Optional<String> token = token(request);
    if (token.isPresent() && request.method().equals("GET")) {
      return Answers.secured(open(token.get()));
    }
    if (!hasCookie(request) && !isAsset(request)) {
      return Answers.secured(
          Answers.plain(
              401,
              "Open the link that was printed when the dashboard started. It works once, within a"
                  + " minute. For another browser, or later, ask for a new link."));
    }
    return dashboard.apply(request.withOrigin("http://" + host));
  }

  private static boolean isAsset(DashboardRequest request) {
    return request.path().equals("/dashboard.css");
  }

  private static Optional<String> token(DashboardRequest request) {
    try {
      return request.path().equals("/") ? request.query().find("token") : Optional.empty();
    } catch (BadRequestException e) {
      return Optional.empty(); // the page says what is wrong with the address
    }
  }

  private DashboardResponse open(String token) {
    if (!use(links, token)) {
      return Answers.plain(
          401, "This link has been used, or is older than a minute. Ask for a new one.");
    }
    String cookie =
        cookieName()
            + "="
            + add(cookies, COOKIE_LIFE)
            + "; Path=/; Max-Age="
            + COOKIE_LIFE.toSeconds()
            + "; HttpOnly; SameSite=Strict";
    return Answers.withHeader(Answers.seeOther("/"), "Set-Cookie", cookie);
  }

  private boolean hasCookie(DashboardRequest request) {
    for (String pair : request.header("Cookie").orElse("").split(";", -1)) {
      String cookie = pair.strip();
      if (cookie.startsWith(cookieName() + "=")
          && isLive(cookies, unquoted(cookie.substring(cookieName().length() + 1)))) {
        return true;
      }
    }
    return false;
  }

  /** Returns a value without the quotes that RFC 6265 permits, and the JDK's client sends. */
  private static String unquoted(String value) {
    boolean isQuoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return isQuoted ? value.substring(1, value.length() - 1) : value;
  }

  private String add(Deque<Secret> secrets, Duration life) {
    synchronized (secrets) {
      Secret secret = new Secret(Secrets.text(), clock.instant().plus(life));
      secrets.addLast(secret);
      if (secrets.size() > SECRETS_MAX) {
        secrets.removeFirst();
      }
      return secret.text();
    }
  }

  private boolean isLive(Deque<Secret> secrets, String given) {
    Instant now = clock.instant();
    boolean live = false;
    synchronized (secrets) {
      for (Secret secret : secrets) { // all of them: the time must not tell which one it was
        live |= Secrets.areEqual(secret.text(), given) && now.isBefore(secret.until());
      }
    }
    return live;
  }

  private boolean use(Deque<Secret> secrets, String given) {
    synchronized (secrets) {
      boolean live = isLive(secrets, given);
      secrets.removeIf(secret -> Secrets.areEqual(secret.text(), given));
      return live;
    }
  }
}
