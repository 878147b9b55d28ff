package dev.belay.dashboard;

import dev.belay.Belay;
import dev.belay.StoreStats;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One request with all that a page needs to answer it. Belongs to the thread of the request. */
final class View {
  private final BelayDashboard dashboard;
  private final DashboardRequest request;
  private final Access access;
  private final String csrf;

  View(BelayDashboard dashboard, DashboardRequest request, Access access, String csrf) {
    this.dashboard = dashboard;
    this.request = request;
    this.access = access;
    this.csrf = csrf;
  }

  DashboardRequest request() {
    return request;
  }

  DashboardRequest.Fields query() {
    return request.query();
  }

  Access access() {
    return access;
  }

  boolean mayWrite() {
    return access == Access.WRITE;
  }

  Belay belay() {
    return dashboard.belay();
  }

  Optional<DashboardObserver> observer() {
    return dashboard.observer();
  }

  StoreStats stats() {
    return dashboard.stats().get();
  }

  /** The numbers when the dashboard was made. */
  StoreStats statsAtStart() {
    return dashboard.stats().first();
  }

  void changed() {
    dashboard.stats().clear();
  }

  PayloadText payloads() {
    return dashboard.payloads();
  }

  /** Returns a link to a page, with parameters: names and values in turn. */
  String link(String path, Object... parameters) {
    StringBuilder link = new StringBuilder(dashboard.base()).append(path);
    for (int i = 0; i < parameters.length; i += 2) {
      link.append(i == 0 ? '?' : '&').append(parameters[i]).append('=');
      link.append(URLEncoder.encode(parameters[i + 1].toString(), StandardCharsets.UTF_8));
    }
    return link.toString();
  }

  /** Returns the hidden field that every form has. */
  Html csrfField() {
    return Html.of("<input type=\"hidden\" name=\"csrf\" value=\"{}\">", csrf);
  }
}
