package dev.belay.dashboard;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Objects;

/**
 * Serves a dashboard to browsers of this machine, until it is closed. Safe for use by many threads.
 *
 * <ul>
 *   <li>It listens on the loopback address alone.
 *   <li>{@link #url} has a secret, which admits one browser once, within {@link
 *       LoopbackGuard#LINK_LIFE}; the browser then has a cookie for eight hours.
 *   <li>Requests for another {@code Host} are refused, so that no name of another site leads here.
 *   <li>Threads, times and sizes are bounded: {@link Exchanges}.
 * </ul>
 *
 * <p>Closing it does not close the store.
 */
public final class DashboardServer implements AutoCloseable {
  private final HttpServer server;
  private final Exchanges exchanges;
  private final LoopbackGuard guard;

  private DashboardServer(HttpServer server, Exchanges exchanges, LoopbackGuard guard) {
    this.server = server;
    this.exchanges = exchanges;
    this.guard = guard;
  }

  /**
   * Starts a server.
   *
   * @param port the port, 0 for any that is free
   * @throws UncheckedIOException if the port is taken
   */
  public static DashboardServer start(BelayDashboard dashboard, int port) {
    Objects.requireNonNull(dashboard, "dashboard");
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      LoopbackGuard guard =
          new LoopbackGuard(
              dashboard::handle, server.getAddress().getPort(), InstantSource.system());
      Exchanges exchanges = new Exchanges(guard);
      server.createContext("/", exchanges::handle);
      server.setExecutor(exchanges);
      server.start();
      return new DashboardServer(server, exchanges, guard);
    } catch (IOException e) {
      throw new UncheckedIOException("the dashboard cannot listen on port " + port, e);
    }
  }

  /**
   * Returns a link for one browser: it works once, within a minute of this call. Everyone who has
   * the link can do what the dashboard can, so it should be shown to one person and stored nowhere.
   */
  public String url() {
    return guard.newLink();
  }

  /** Returns the port. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Ends the server at once, with the requests that run. */
  @Override
  public void close() {
    server.stop(0);
    exchanges.close();
  }
}
