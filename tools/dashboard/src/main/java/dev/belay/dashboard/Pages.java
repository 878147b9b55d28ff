package dev.belay.dashboard;

/** Finds the page or the action of a request. Stateless, safe for use by many threads. */
final class Pages {
  private Pages() {}

  static DashboardResponse get(View view) {
    return switch (view.request().path()) {
      case "/" -> OverviewPage.get(view);
      case "/queues" -> QueuesPage.get(view);
      case "/queue" -> QueuePage.get(view);
      case "/work" -> WorkPage.get(view);
      case "/leases" -> LeasesPage.get(view);
      case "/sessions" -> SessionsPage.get(view);
      case "/session" -> SessionPage.get(view);
      case "/event" -> EventPage.get(view);
      case "/events" -> NotesPage.get(view);
      default ->
          Action.at(view.request().path())
              .map(action -> Confirmation.ask(view, action))
              .orElseGet(() -> notFound(view, "There is no such page."));
    };
  }

  static DashboardResponse post(View view) {
    return Action.at(view.request().path())
        .map(action -> Confirmation.run(view, action))
        .orElseGet(() -> notFound(view, "There is no such action."));
  }

  static DashboardResponse notFound(View view, String message) {
    return Answers.refused(view, 404, "Not found", message);
  }
}
