// What every page has: the theme, what only works with a script, the list of keys.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");

  // The theme, before anything is drawn.
  const THEMES = ["system", "light", "dark"];
  const remembered = () => {
    try { return localStorage.getItem("codeproof-theme"); } catch { return null; }
  };
  const useTheme = (theme) => {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
  };
  let theme = THEMES.includes(remembered()) ? remembered() : "system";
  useTheme(theme);

  document.addEventListener("DOMContentLoaded", () => {
    for (const element of document.querySelectorAll("[data-script]")) element.hidden = false;
    const themeButton = document.getElementById("theme");
    const showTheme = () => { themeButton.textContent = "Theme: " + theme; };
    showTheme();
    themeButton.addEventListener("click", () => {
      theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
      try { localStorage.setItem("codeproof-theme", theme); } catch { /* a page without storage forgets it */ }
      useTheme(theme);
      showTheme();
    });
    const help = document.getElementById("help");
    document.getElementById("help-open").addEventListener("click", () => help.showModal());
  });
})();
