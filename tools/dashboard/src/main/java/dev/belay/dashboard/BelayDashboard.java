package dev.belay.dashboard;

import dev.belay.Belay;
import dev.belay.store.StoreException;
import dev.belay.store.StoreReadOnlyException;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pages and actions of one store, as a function from request to response. {@link
 * DashboardServer} serves it on the loopback address; a host can mount {@link #handle} in its own
 * server instead, behind its own login. Immutable, safe for use by many threads; every {@code
 * with…} returns a changed copy.
 *
 * <p>It writes to the store only when an action is confirmed, and has no tables, threads or timers
 * of its own. A store that is open for reading needs {@link Access#READ}, or its actions fail.
 */
public final class BelayDashboard {
  private static final System.Logger LOG = System.getLogger("dev.belay.dashboard");

  private static final Map<String, String> ASSETS =
      Map.of(
          "/dashboard.css", "text/css; charset=utf-8",
          "/dashboard.js", "text/javascript; charset=utf-8",
          "/dashboard.svg", "image/svg+xml; charset=utf-8");

  private final Belay belay;
  private final @Nullable DashboardObserver observer;
  private final StatsCache stats;
  private final FormSecret secret;
  private final Access most;
  private final String base;
  private final PayloadText payloads;

  private BelayDashboard(Belay belay, @Nullable DashboardObserver observer, Access most) {
    this.belay = Objects.requireNonNull(belay, "belay");
    this.observer = observer;
    this.stats = new StatsCache(belay);
    this.secret = new FormSecret();
    this.most = Objects.requireNonNull(most, "most");
    this.base = "";
    this.payloads = PayloadText.asStored();
  }

  private BelayDashboard(BelayDashboard from, String base, PayloadText payloads) {
    this.belay = from.belay;
    this.observer = from.observer;
    this.stats = from.stats;
    this.secret = from.secret;
    this.most = from.most;
    this.base = base;
    this.payloads = payloads;
  }

  /**
   * Returns a dashboard that sees {@code belay} from outside: what the store holds, and what has
   * changed in it since this call.
   *
   * @param most what requests may do at most; each request has an access of its own, which this one
   *     bounds. With {@link Access#READ} actions are refused and not offered
   */
  public static BelayDashboard of(Belay belay, Access most) {
    return new BelayDashboard(belay, null, most);
  }

  /**
   * As {@link #of(Belay, Access)}, of a dashboard that also shows what {@code observer} has seen of
   * this process.
   *
   * @param observer the observer with which {@code belay} was opened
   */
  public static BelayDashboard of(Belay belay, DashboardObserver observer, Access most) {
    return new BelayDashboard(belay, Objects.requireNonNull(observer, "observer"), most);
  }

  /** Sets how texts of the application are shown: as they are stored, by default. */
  public BelayDashboard withPayloadText(PayloadText payloadText) {
    return new BelayDashboard(this, base, Objects.requireNonNull(payloadText, "payloadText"));
  }

  /**
   * Sets the path under which a host has mounted the dashboard. Links begin with it; the targets of
   * requests are given to {@link #handle} without it.
   *
   * @param path a path such as {@code /admin/belay}, of letters, digits, {@code - _ . ~} and
   *     slashes
   * @throws IllegalArgumentException if it has another form
   */
  public BelayDashboard withBasePath(String path) {
    if (!path.matches("(/[A-Za-z0-9._~-]+)+")) {
      throw new IllegalArgumentException("no path of a mounted dashboard: " + path);
    }
    return new BelayDashboard(this, path, payloads);
  }

  /**
   * Answers a request. Does not throw: failures of the store are answered with 503, others with 500
   * and logged.
   */
  public DashboardResponse handle(DashboardRequest request) {
    try {
      Access access = request.access().compareTo(most) < 0 ? request.access() : most;
      View view = new View(this, request, access, secret.fieldFor(request.user()));
      return Answers.secured(answer(view));
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "a page of the dashboard could not be made", e);
      return Answers.secured(Answers.plain(500, "This page could not be made. The log says why."));
    }
  }

  private DashboardResponse answer(View view) {
    DashboardRequest request = view.request();
    if (request.isTooLarge()) {
      return Answers.refused(view, 413, "Too large", "A request may have 64 KiB.");
    }
    String asset = ASSETS.get(request.path());
    if (asset != null && !request.method().equals("POST")) {
      return Answers.of(200, asset, Assets.text(request.path()));
    }
    if (view.access() == Access.NONE) {
      return Answers.plain(403, "You may not look at this store. Ask who runs it for access.");
    }
    Optional<String> site = request.header("Sec-Fetch-Site");
    if (site.isPresent() && !site.get().equals("same-origin") && !site.get().equals("none")) {
      return Answers.refused(
          view, 403, "Sent by another site", "Open the dashboard by its own address.");
    }
    try {
      return switch (request.method()) {
        case "GET", "HEAD" -> Pages.get(view);
        case "POST" -> post(view);
        default ->
            Answers.withHeader(
                Answers.refused(view, 405, "Not supported", "Only GET and POST are."),
                "Allow",
                "GET, HEAD, POST");
      };
    } catch (BadRequestException e) {
      return Answers.refused(
          view, 400, "This address is not complete", String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) { // a name or id that no store can hold
      return Answers.refused(
          view, 400, "There is no such name or id", String.valueOf(e.getMessage()));
    } catch (StoreReadOnlyException e) {
      return Answers.refused(
          view, 403, "Read only", "The store is open for reading. Nothing was changed.");
    } catch (StoreException e) {
      LOG.log(Level.WARNING, "the dashboard could not read or change the store", e);
      return Answers.refused(
          view,
          503,
          "The store did not answer",
          e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }

  private DashboardResponse post(View view) {
    DashboardRequest request = view.request();
    if (!view.mayWrite()) {
      return Answers.refused(
          view, 403, "Read only", "This dashboard only looks. Nothing was changed.");
    }
    Optional<String> own = request.origin();
    boolean isOwnOrigin = own.isPresent() && request.header("Origin").equals(own);
    boolean isOwnForm = secret.isFieldOf(request.user(), request.form().find("csrf").orElse(""));
    if (!isOwnOrigin || !isOwnForm) {
      return Answers.refused(
          view,
          403,
          "Not from this dashboard",
          "The form was not sent by a page of this dashboard, or is old. Nothing was changed."
              + " Open the page again and repeat the action.");
    }
    return Pages.post(view);
  }

  Belay belay() {
    return belay;
  }

  Optional<DashboardObserver> observer() {
    return Optional.ofNullable(observer);
  }

  StatsCache stats() {
    return stats;
  }

  String base() {
    return base;
  }

  PayloadText payloads() {
    return payloads;
  }
}
