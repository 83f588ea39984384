// Moments in the viewer's own zone and language. The server writes UTC; without this script UTC is shown and said.
window.autotrader = window.autotrader || {};
(() => {
  "use strict";
  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const minute = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
  const date = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric" });
  const both = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
  const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

  function ago(moment) {
    const seconds = Math.round((Date.now() - moment) / 1000);
    if (seconds < -60) return both.format(moment);
    if (seconds < 5) return "just now";
    if (seconds < 60) return `${seconds} s ago`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${minutes} min ago`;
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return `${hours} h ${minutes % 60} min ago`;
    return `${Math.floor(hours / 24)} d ago`;
  }

  const words = {
    clock: (moment) => clock.format(moment),
    minute: (moment) => minute.format(moment),
    date: (moment) => date.format(moment),
    both: (moment) => both.format(moment),
    ago,
  };

  function translate(root) {
    for (const element of root.querySelectorAll("time[data-moment]")) {
      const moment = new Date(element.dateTime);
      const text = (words[element.dataset.moment] || words.both)(moment);
      if (element.textContent !== text) element.textContent = text;
      if (!element.title) element.title = full.format(moment);
    }
  }

  window.autotrader.moments = { clock: words.clock, both: words.both, translate };
  translate(document);
  setInterval(() => translate(document), 5000);
  document.addEventListener("htmx:oobAfterSwap", () => translate(document));
})();
