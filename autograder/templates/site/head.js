// Before anything is drawn: light or dark, as chosen here before or as the system wants it.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try { return localStorage.getItem("bp-scheme"); } catch { return null; }
  };
  const follow = () => { root.dataset.scheme = chosen() ?? (system.matches ? "dark" : "light"); };
  follow();
  system.addEventListener("change", () => { follow(); dispatchEvent(new Event("bp-scheme")); });
})();
