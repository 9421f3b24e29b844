// The page of a map: one diagram at a time, the filters of the route table, keys. What is filtered is kept in the
// address, so that a link shows what its sender saw.
"use strict";
(() => {
  const root = document.documentElement;

  document.addEventListener("DOMContentLoaded", () => {
    const byId = (id) => document.getElementById(id);
    const fit = byId("fit");
    fit.addEventListener("click", () => fit.setAttribute("aria-pressed", String(root.classList.toggle("is-fit"))));
    const help = byId("help");

    // Diagrams: each gallery shows one.
    let gallery = null;
    const openDiagram = (figure) => {
      gallery = figure.closest(".gallery");
      for (const other of gallery.querySelectorAll(".diagram")) other.classList.toggle("is-open", other === figure);
      for (const link of gallery.querySelectorAll(".gallery-list a")) {
        const isCurrent = link.hash === "#" + figure.id;
        if (isCurrent) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
        if (!isCurrent) continue;
        // Only the list scrolls, not the page.
        const list = link.closest(".gallery-list");
        const beyond = link.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom;
        const before = list.getBoundingClientRect().top - link.getBoundingClientRect().top;
        if (beyond > 0) list.scrollTop += beyond;
        else if (before > 0) list.scrollTop -= before;
      }
    };
    for (const each of document.querySelectorAll(".gallery")) openDiagram(each.querySelector(".diagram"));
    gallery = document.querySelector(".gallery");
    const step = (by) => {
      if (!gallery) return;
      const figures = [...gallery.querySelectorAll(".diagram")];
      const at = figures.findIndex((figure) => figure.classList.contains("is-open"));
      const next = figures[Math.min(Math.max(at + by, 0), figures.length - 1)];
      location.hash = next.id;
    };

    // Whatever an address of this page names is opened before it is shown.
    const showTarget = () => {
      const target = /^#[a-z]-?\w*$/.test(location.hash) ? byId(location.hash.slice(1)) : null;
      if (!target) return;
      if (target.matches("details")) target.open = true;
      if (target.matches(".diagram")) openDiagram(target);
      target.scrollIntoView({ block: "start", behavior: "instant" });
    };

    // Routes
    const form = byId("filters");
    const rows = form ? [...byId("rows").rows].map((row) => ({
      row,
      who: row.dataset.who,
      sure: row.dataset.sure,
      verbs: row.dataset.verbs.split("|"),
      middleware: row.dataset.middleware.toLowerCase().split(", "),
    })) : [];
    const boxes = form ? [...form.querySelectorAll("input[type=checkbox]")] : [];
    const fields = ["q", "verb", "without"];
    const checked = (name) => boxes.filter((box) => box.name === name && box.checked).map((box) => box.value);
    const searchable = (route) => {
      route.text ??= route.row.textContent.toLowerCase();
      return route.text;
    };
    const tests = () => {
      const list = [];
      for (const name of ["who", "sure"]) {
        const wanted = checked(name);
        if (wanted.length) list.push([name, (route) => wanted.includes(route[name])]);
      }
      const verb = byId("verb").value;
      if (verb) list.push(["verb", (route) => route.verbs.includes(verb) || route.verbs.includes("ANY")]);
      const without = byId("without").value.trim().toLowerCase();
      // As on the command line: `auth` is everything that asks for a sign-in; other names are also meant with arguments.
      const runs = (route) => without === "auth" ? route.who === "auth"
        : route.middleware.some((it) => it === without || it.startsWith(without + ":"));
      if (without) list.push(["without", (route) => !runs(route)]);
      const words = byId("q").value.toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length) list.push(["q", (route) => words.every((word) => searchable(route).includes(word))]);
      return list;
    };
    const apply = () => {
      const list = tests();
      const counts = new Map();
      let shown = 0;
      for (const route of rows) {
        const failed = list.filter(([, test]) => !test(route)).map(([name]) => name);
        route.row.classList.toggle("is-out", failed.length > 0);
        if (!failed.length) shown += 1;
        // How many routes each box would leave, all other filters as they are.
        for (const name of ["who", "sure"]) {
          if (failed.every((it) => it === name)) {
            const key = name + " " + route[name];
            counts.set(key, (counts.get(key) ?? 0) + 1);
          }
        }
      }
      for (const box of boxes) {
        const count = counts.get(box.name + " " + box.value) ?? 0;
        box.parentElement.querySelector("b").textContent = count.toLocaleString("en");
        box.parentElement.classList.toggle("empty", count === 0);
      }
      byId("shown").textContent = shown.toLocaleString("en") + " of " + rows.length.toLocaleString("en");
      byId("none").hidden = shown > 0;
    };

    // The address: #q=orders&who=open,unknown
    const write = () => {
      const parts = [];
      for (const name of fields) {
        const value = byId(name).value.trim();
        if (value) parts.push(name + "=" + encodeURIComponent(value));
      }
      for (const name of ["who", "sure"]) if (checked(name).length) parts.push(name + "=" + checked(name).join());
      const address = parts.length ? "#" + parts.join("&") : location.pathname + location.search;
      // A page inside a frame or an odd viewer may not have a history.
      try { history.replaceState(null, "", address); } catch { /* the address then stays as it is */ }
    };
    const decoded = (text) => {
      try { return decodeURIComponent(text.replaceAll("+", " ")); } catch { return text; }
    };
    const read = () => {
      const hash = location.hash.slice(1);
      if (!hash.includes("=")) return showTarget();
      if (!form) return;
      const wanted = new Map(hash.split("&").map((part) => {
        const [name, ...value] = part.split("=");
        return [name, decoded(value.join("="))];
      }));
      for (const name of fields) byId(name).value = wanted.get(name) ?? "";
      if (byId("verb").selectedIndex === -1) byId("verb").value = "";
      for (const box of boxes) box.checked = (wanted.get(box.name) ?? "").split(",").includes(box.value);
      apply();
      byId("routes").scrollIntoView({ block: "start", behavior: "instant" });
    };
    const clear = () => {
      if (!form) return;
      for (const name of fields) byId(name).value = "";
      for (const box of boxes) box.checked = false;
      apply();
      write();
    };
    if (form) {
      let waiting = 0;
      form.addEventListener("input", (event) => {
        clearTimeout(waiting);
        // Typing in a long list waits for a pause.
        waiting = setTimeout(() => { apply(); write(); }, event.target.matches("input[type=search], input[type=text]") ? 120 : 0);
      });
      form.addEventListener("submit", (event) => event.preventDefault());
      apply();
    }
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-clear]")) clear();
      // The same address again opens what was closed in the meantime.
      const link = event.target.closest("a[href^='#']");
      if (link && link.getAttribute("href") === location.hash) showTarget();
    });

    // Keys
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
      const isField = event.target.matches("input:not([type=checkbox]), select, textarea");
      if (event.key === "Escape" && isField) event.target.blur();
      if (isField) return;
      const keys = {
        "j": () => step(1),
        "k": () => step(-1),
        "/": () => form && byId("q").focus(),
        "c": clear,
        "?": () => help.showModal(),
      };
      const action = keys[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    });
    addEventListener("hashchange", read);
    read();
  });
})();
