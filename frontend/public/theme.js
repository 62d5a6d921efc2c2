// Runs before the first paint, so that a dark page never flashes light. The page's policy forbids inline scripts.
;(function () {
  var chosen = null
  try {
    chosen = localStorage.getItem("theme")
  } catch {
    // Storage may be blocked: then the system decides.
  }
  var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches)
  document.documentElement.dataset.theme = dark ? "dark" : "light"
})()
