// Follows the event stream and swaps the parts of the page that went stale. It only listens, it never orders anything.
window.autotrader = window.autotrader || {};
(() => {
  "use strict";
  const body = document.body;
  if (!body.dataset.account) return;
  const SILENCE_MS = 40000, POLL_MS = 15000, GATHER_MS = 120, FIRST_WAIT_MS = 800, LONGEST_WAIT_MS = 15000;
  const lamp = document.getElementById("live");
  let lastEvent = Number(body.dataset.event);
  let freshAt = new Date();
  let waitMs = FIRST_WAIT_MS;
  let socket = null, silence = 0, gathering = 0, busy = false;
  let isLive = false;
  const stale = new Set();

  const parts = () => [...document.querySelectorAll("[data-part]")];
  const concerns = (part, topics) => part.dataset.topics.split(" ").some((topic) => topics.has(topic));

  function show(state, text) {
    if (lamp.dataset.state === state && lamp.textContent === text) return;
    lamp.dataset.state = state;
    lamp.textContent = text;
    document.documentElement.classList.toggle("is-stale", state === "stale");
  }

  function sayHowFresh() {
    if (isLive) show("live", "Live");
    else show("stale", `Stale since ${window.autotrader.moments.clock(freshAt)}`);
  }

  function markStale(topics) {
    for (const topic of topics) stale.add(topic);
    if (!gathering) gathering = setTimeout(refresh, GATHER_MS);
  }

  async function refresh() {
    gathering = 0;
    if (busy || stale.size === 0) return;
    const topics = new Set(stale);
    stale.clear();
    const everything = topics.has("*");
    const wanted = parts().filter((part) => everything || concerns(part, topics));
    document.dispatchEvent(new CustomEvent("autotrader:stale", { detail: { topics, everything } }));
    busy = true;
    try {
      if (wanted.length) await swap(wanted);
    } finally {
      busy = false;
      if (stale.size) markStale([]);
    }
  }

  async function swap(wanted) {
    const query = new URLSearchParams({ names: wanted.map((part) => part.dataset.part).join(",") });
    for (const part of wanted) for (const [name, value] of new URLSearchParams(part.dataset.params || "")) query.set(name, value);
    let good = false;
    const note = (event) => { if (event.detail.pathInfo.requestPath.startsWith(body.dataset.fragments)) good = event.detail.successful; };
    body.addEventListener("htmx:afterRequest", note);
    try {
      await window.htmx.ajax("GET", `${body.dataset.fragments}?${query}`, { source: body, target: body, swap: "none" });
    } catch { /* the server cannot be reached: the page says since when it is stale */ }
    body.removeEventListener("htmx:afterRequest", note);
    if (good) { freshAt = new Date(); sayHowFresh(); }
  }

  const receive = {
    hello(message) {
      isLive = true;
      waitMs = FIRST_WAIT_MS;
      if (message.topics === null) markStale(["*"]);
      else if (message.topics.length) markStale(message.topics);
    },
    changed(message) { markStale(message.topics); },
    resync() { markStale(["*"]); },
    beat() {},
  };

  function hear(text) {
    const message = JSON.parse(text);
    if (message.v !== 1 || !(message.topic in receive)) return;
    lastEvent = Math.max(lastEvent, message.id);
    freshAt = new Date();
    receive[message.topic](message);
    sayHowFresh();
    clearTimeout(silence);
    silence = setTimeout(() => socket && socket.close(), SILENCE_MS);
  }

  function connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/ws/live/?account=${body.dataset.account}&after=${lastEvent}`);
    socket.onmessage = (event) => hear(event.data);
    socket.onclose = (event) => lost(event.code);
  }

  function lost(code) {
    clearTimeout(silence);
    isLive = false;
    if (code === 4401) { location.assign(`${body.dataset.login}?next=${encodeURIComponent(location.pathname)}`); return; }
    sayHowFresh();
    setTimeout(connect, waitMs * (0.75 + Math.random() / 2));
    waitMs = Math.min(waitMs * 1.7, LONGEST_WAIT_MS);
  }

  setInterval(() => { if (!isLive && !document.hidden) markStale(["*"]); }, POLL_MS);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !isLive) markStale(["*"]); });
  connect();
})();
