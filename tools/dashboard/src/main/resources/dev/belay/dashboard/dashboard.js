/* Reads the page again every few seconds while it is looked at, and keeps what the reader has opened,
   selected or focused. Without it the pages work the same, and are read again by hand. */
(() => {
  "use strict";
  const main = document.querySelector("main[data-refresh]");
  if (!main) {
    return;
  }
  const seconds = Number(main.dataset.refresh);
  const status = document.createElement("p");
  status.className = "live";
  status.setAttribute("role", "status");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  const text = document.createElement("span");
  status.append(text);
  const box = document.createElement("div");
  box.className = "refresh";
  box.append(status, button);
  document.querySelector(".about").append(box);

  let paused = false;
  let running = false;

  const say = (message) => {
    if (text.textContent !== message) {
      text.textContent = message;
    }
  };
  const show = () => {
    button.textContent = paused ? "Resume" : "Pause";
    button.setAttribute("aria-label", paused ? "Resume live updates" : "Pause live updates");
    say(paused ? "Paused" : "Live");
    box.classList.toggle("paused", paused);
  };
  button.addEventListener("click", () => {
    paused = !paused;
    show();
  });

  const isBusy = () => {
    const selection = document.getSelection();
    const focused = document.activeElement;
    return (
      (selection && !selection.isCollapsed) ||
      (focused && main.contains(focused) && focused.matches("input, button, summary, pre"))
    );
  };

  const replace = (html) => {
    const next = new DOMParser().parseFromString(html, "text/html").querySelector("main");
    if (!next) {
      return;
    }
    const focused = document.activeElement;
    const link = focused && main.contains(focused) ? focused.getAttribute("href") : null;
    for (const open of main.querySelectorAll("details[open][id]")) {
      next.querySelector("#" + CSS.escape(open.id))?.setAttribute("open", "");
    }
    const scrolled = [...main.querySelectorAll(".scroll")].map((box) => box.scrollLeft);
    main.replaceChildren(...next.childNodes);
    main.querySelectorAll(".scroll").forEach((box, i) => (box.scrollLeft = scrolled[i] ?? 0));
    if (link) {
      [...main.querySelectorAll("a")]
        .find((other) => other.getAttribute("href") === link)
        ?.focus({ preventScroll: true });
    }
  };

  const refresh = async () => {
    if (paused || running || document.hidden || isBusy()) {
      return;
    }
    running = true;
    try {
      const address = new URL(location.href);
      address.searchParams.delete("notice");
      const response = await fetch(address, { credentials: "same-origin", cache: "no-store" });
      const html = await response.text();
      if (!response.ok) {
        say(response.status === 401 ? "Signed out" : "Failed: " + response.status);
      } else if (!isBusy() && !paused) {
        replace(html);
        say("Live");
      }
    } catch {
      say("Not reachable");
    } finally {
      running = false;
    }
  };

  show();
  setInterval(refresh, seconds * 1000);
})();
