package dev.belay.dashboard;

/** What a page says after an action. Immutable. */
enum Notice {
  RETRIED("The work is back in its queue."),
  CANCELLED("The work is cancelled."),
  CANCEL_REQUESTED("Its worker is asked to stop. The work is cancelled unless it completes first."),
  RELEASED("The lease is released."),
  PURGED("Finished work was deleted:");

  private final String text;

  Notice(String text) {
    this.text = text;
  }

  /** Returns the notice that the address of the page names; nothing if it names none. */
  static Html of(View view) {
    String name = view.query().find("notice").orElse("");
    for (Notice notice : values()) {
      if (notice.name().equals(name)) {
        String count =
            notice == PURGED ? " " + Show.number(view.query().number("count", 0)) + "." : "";
        return Html.of("<p class=\"notice\" role=\"status\">{}</p>", notice.text + count);
      }
    }
    return Html.of("");
  }
}
