// Puts the chosen colours on before the first paint. "auto" follows the system.
(() => {
  "use strict";
  let choice = "auto";
  try { choice = localStorage.getItem("theme") || "auto"; } catch { /* storage is off: follow the system */ }
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
})();
