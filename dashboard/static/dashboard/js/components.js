// The small things a page does by itself: colours, dialogs, countdowns, toasts. Alpine's CSP build runs them without eval.
(() => {
  "use strict";
  const CHOICES = ["auto", "light", "dark"];
  const NAMES = { auto: "Colours: as the system", light: "Colours: light", dark: "Colours: dark" };

  document.addEventListener("alpine:init", () => {
    window.Alpine.data("theme", () => ({
      choice: document.documentElement.dataset.theme || "auto",
      get label() { return NAMES[this.choice]; },
      next() {
        this.choice = CHOICES[(CHOICES.indexOf(this.choice) + 1) % CHOICES.length];
        if (this.choice === "auto") delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = this.choice;
        try { localStorage.setItem("theme", this.choice); } catch { /* storage is off: lasts until the next page */ }
        document.dispatchEvent(new CustomEvent("autotrader:theme"));
      },
    }));

    window.Alpine.data("dialogBox", () => ({
      close() { this.$root.close(); },
    }));

    window.Alpine.data("countdown", () => ({
      words: "", over: false, timer: 0,
      init() { this.tick(); this.timer = setInterval(() => this.tick(), 500); },
      destroy() { clearInterval(this.timer); },
      tick() {
        const seconds = Math.max(0, Math.floor((new Date(this.$root.dataset.until) - Date.now()) / 1000));
        this.over = seconds === 0;
        this.words = this.over ? "expired" : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      },
    }));

    window.Alpine.data("toast", () => ({
      init() { setTimeout(() => this.$root.remove(), 6000); },
    }));
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens).showModal();
    else if (event.target instanceof HTMLDialogElement) event.target.close();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.matches && event.target.matches("form[data-closes]") && event.detail.successful) {
      event.target.reset();
      event.target.closest("dialog").close();
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.submit();
  });

  // A part that is swapped keeps what its reader had opened.
  const open = new Set();
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches || !event.target.matches("details[data-keeps-open]")) return;
    if (event.target.open) open.add(event.target.id); else open.delete(event.target.id);
  }, true);
  document.addEventListener("htmx:oobAfterSwap", () => {
    for (const id of [...open]) { const element = document.getElementById(id); if (element) element.open = true; }
  });

  // What an act could not do is said, never swallowed.
  function say(words) {
    const toast = document.createElement("p");
    toast.className = "toast toast--error";
    toast.setAttribute("role", "alert");
    toast.setAttribute("x-data", "toast");
    toast.textContent = words;
    document.getElementById("toasts").append(toast);
  }
  const isAct = (event) => event.detail.requestConfig.verb === "post";
  document.addEventListener("htmx:responseError", (event) => {
    if (isAct(event)) say(event.detail.xhr.status === 403 ? "Your role does not allow this. Nothing was done." : "The server could not do this. Nothing was done.");
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (isAct(event)) say("The server cannot be reached. It is not known whether this was done: look again in a moment.");
  });
})();
