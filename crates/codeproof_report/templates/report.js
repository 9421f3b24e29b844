// The page of a scan: filters, list and detail, keys. It reads the findings from the element `data`, shows and hides
// what the page already holds, and keeps its state in the address, so that a link shows what its sender saw.
"use strict";
(() => {
  const root = document.documentElement;

  document.addEventListener("DOMContentLoaded", () => {
    const byId = (id) => document.getElementById(id);
    const help = byId("help");

    const form = byId("filters");
    if (!form) return;
    const findings = JSON.parse(byId("data").textContent);
    const rows = byId("rows");
    const detail = byId("detail");
    // Findings set aside and drafts are more choices of the filters.
    for (const folded of [byId("aside"), byId("drafts")]) {
      if (!folded) continue;
      for (const article of [...folded.querySelectorAll("article.finding")]) detail.append(article);
      folded.remove();
    }
    for (const finding of findings) {
      finding.article = byId("f-" + finding.number);
      finding.row = rows.children[finding.number - 1];
      finding.link = finding.row.firstElementChild;
    }
    let order = findings;
    let shown = findings;
    let selected = null;
    const isWide = matchMedia("(min-width: 60.01rem)");
    // What stays in sight below the filters has to know how high they are.
    const bar = form.parentElement;
    new ResizeObserver(() => root.style.setProperty("--filters", bar.offsetHeight + "px")).observe(bar);

    // Filters
    const boxes = [...form.querySelectorAll("input[type=checkbox]")];
    const groups = [...new Set(boxes.map((box) => box.name))];
    const fields = ["q", "path", "cwe", "rule"];
    const checked = (name) => boxes.filter((box) => box.name === name && box.checked).map((box) => box.value);
    const preset = (name) => boxes.filter((box) => box.name === name && "set" in box.dataset).map((box) => box.value);

    const searchable = (finding) => {
      finding.text ??= finding.article.textContent.toLowerCase();
      return finding.text;
    };
    const pathTest = (wanted) => {
      const folder = wanted.replace(/^\.\//, "");
      if (wanted.endsWith("/*")) {
        const start = folder.slice(0, -1);
        return (path) => path.startsWith(start) && !path.slice(start.length).includes("/");
      }
      if (wanted.endsWith("/")) return (path) => path.startsWith(folder);
      const part = wanted.toLowerCase();
      return (path) => path.toLowerCase().includes(part);
    };
    const tests = () => {
      const value = (id) => byId(id).value.trim();
      const list = [];
      for (const name of groups) {
        const wanted = new Set(checked(name));
        if (wanted.size) list.push([name, (finding) => wanted.has(finding[name])]);
      }
      for (const name of ["cwe", "rule"]) {
        const wanted = value(name);
        if (wanted) list.push([name, (finding) => finding[name] === wanted]);
      }
      if (value("path")) {
        const test = pathTest(value("path"));
        list.push(["path", (finding) => test(finding.path)]);
      }
      const words = value("q").toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length) list.push(["q", (finding) => words.every((word) => searchable(finding).includes(word))]);
      return list;
    };
    // How many findings each box would leave, all other filters as they are.
    const countBoxes = (list) => {
      const counts = new Map(boxes.map((box) => [box.name + " " + box.value, 0]));
      for (const finding of findings) {
        const failed = list.filter(([, test]) => !test(finding)).map(([name]) => name);
        for (const name of groups) {
          if (failed.length === 0 || (failed.length === 1 && failed[0] === name)) {
            const key = name + " " + finding[name];
            if (counts.has(key)) counts.set(key, counts.get(key) + 1);
          }
        }
      }
      for (const box of boxes) {
        const count = counts.get(box.name + " " + box.value);
        box.parentElement.querySelector("b").textContent = count.toLocaleString("en");
        box.parentElement.classList.toggle("empty", count === 0);
      }
    };
    const apply = () => {
      const list = tests();
      shown = [];
      for (const finding of order) {
        const fits = list.every(([, test]) => test(finding));
        finding.row.classList.toggle("is-out", !fits);
        finding.article.classList.toggle("is-out", !fits);
        if (fits) shown.push(finding);
      }
      countBoxes(list);
      byId("shown").textContent = shown.length.toLocaleString("en") + " of " + findings.length.toLocaleString("en");
      byId("none").hidden = shown.length > 0;
      // A printed selection says that it is one.
      const isAll = shown.length === findings.length;
      byId("printed").textContent = isAll ? "" : "A selection: " + byId("shown").textContent + " findings.";
      if (!shown.includes(selected)) select(isWide.matches ? shown[0] ?? null : null, { quiet: true });
    };
    let sortedBy = "severity";
    const sort = () => {
      const by = byId("order").value;
      if (by === sortedBy) return;
      sortedBy = by;
      const key = (finding) => by === "rule" ? finding.rule : finding.path;
      const place = (one, other) => one.path < other.path ? -1 : one.path > other.path ? 1 : one.line - other.line;
      const compare = (one, other) =>
        key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : place(one, other) || one.number - other.number;
      order = by === "severity" ? findings : [...findings].sort(compare);
      rows.append(...order.map((finding) => finding.row));
    };

    // The address: #severity=high,critical&path=src%2F&finding=3
    const write = (how) => {
      const parts = [];
      for (const name of groups) {
        const values = checked(name);
        if (values.join() !== preset(name).join()) parts.push(name + "=" + (values.join() || "all"));
      }
      for (const name of fields) {
        const value = byId(name).value.trim();
        if (value) parts.push(name + "=" + encodeURIComponent(value));
      }
      if (byId("order").value !== "severity") parts.push("order=" + byId("order").value);
      if (selected && root.classList.contains("is-chosen")) parts.push("finding=" + selected.number);
      const address = parts.length ? "#" + parts.join("&") : location.pathname + location.search;
      // A page inside a frame or an odd viewer may not have a history.
      try { history[how](null, "", address); } catch { /* the address then stays as it is */ }
    };
    const decoded = (text) => {
      try { return decodeURIComponent(text.replaceAll("+", " ")); } catch { return text; }
    };
    const read = () => {
      const hash = location.hash.slice(1);
      const number = /^f-(\d+)$/.exec(hash)?.[1];
      if (number) return choose(findings[number - 1], "replaceState");
      if (hash && !hash.includes("=")) return apply();
      const wanted = new Map(hash.split("&").filter(Boolean).map((part) => {
        const [name, ...value] = part.split("=");
        return [name, decoded(value.join("="))];
      }));
      for (const name of groups) {
        const values = wanted.has(name) ? wanted.get(name).split(",") : preset(name);
        for (const box of boxes) if (box.name === name) box.checked = values.includes(box.value);
      }
      for (const name of fields) {
        const field = byId(name);
        field.value = wanted.get(name) ?? "";
        if (field.selectedIndex === -1) field.value = "";
      }
      byId("order").value = wanted.get("order") ?? "severity";
      if (!byId("order").value) byId("order").value = "severity";
      sort();
      const finding = findings[Number(wanted.get("finding")) - 1] ?? null;
      root.classList.toggle("is-chosen", finding !== null);
      root.classList.toggle("is-reading", finding !== null);
      select(finding, { quiet: true });
      apply();
    };

    // List and detail
    const fillRule = (finding) => {
      const link = finding.article.querySelector("a[data-rule]");
      const rule = link && byId("rule-" + link.dataset.rule);
      if (!rule) return;
      const copy = rule.cloneNode(true);
      copy.removeAttribute("id");
      const box = document.createElement("details");
      const summary = document.createElement("summary");
      summary.textContent = link.textContent;
      box.append(summary, copy);
      link.replaceWith(box);
    };
    const select = (finding, { quiet = false } = {}) => {
      if (selected) {
        selected.article.classList.remove("is-open");
        selected.link.removeAttribute("aria-current");
      }
      selected = finding ?? null;
      if (!selected) return;
      fillRule(selected);
      selected.article.classList.add("is-open");
      selected.link.setAttribute("aria-current", "true");
      if (!quiet) selected.row.scrollIntoView({ block: "nearest", behavior: "instant" });
    };
    // A finding the reader asked for: it is part of the address.
    const choose = (finding, how) => {
      if (!finding) return;
      if (finding.row.classList.contains("is-out")) clear();
      root.classList.add("is-chosen");
      const wasReading = root.classList.contains("is-reading");
      root.classList.add("is-reading");
      select(finding);
      write(how ?? (isWide.matches || wasReading ? "replaceState" : "pushState"));
      if (!isWide.matches) scrollTo({ top: 0, behavior: "instant" });
      else if (detail.getBoundingClientRect().top < bar.offsetHeight) detail.scrollIntoView({ block: "start", behavior: "instant" });
    };
    const open = () => {
      if (!selected) return;
      choose(selected);
      selected.article.focus({ preventScroll: !isWide.matches });
    };
    const close = () => {
      root.classList.remove("is-reading", "is-chosen");
      write("replaceState");
      if (selected) {
        selected.link.focus();
        selected.row.scrollIntoView({ block: "center", behavior: "instant" });
      }
    };
    const step = (by) => {
      if (!shown.length) return;
      const at = shown.indexOf(selected);
      const next = shown[Math.min(Math.max(at + by, 0), shown.length - 1)];
      const isReading = isWide.matches || root.classList.contains("is-reading");
      if (isReading) choose(next, "replaceState");
      else select(next);
      if (!isReading || rows.contains(document.activeElement)) next.link.focus({ preventScroll: true });
    };
    const clear = () => {
      for (const name of fields) byId(name).value = "";
      for (const box of boxes) box.checked = false;
      changed();
    };
    const changed = () => {
      apply();
      write("replaceState");
    };

    let waiting = 0;
    form.addEventListener("input", (event) => {
      clearTimeout(waiting);
      if (event.target === byId("order")) sort();
      // Typing in a long list waits for a pause.
      waiting = setTimeout(changed, event.target.matches("input[type=search], input[type=text]") ? 120 : 0);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    const more = byId("more");
    const toggle = byId("filters-toggle");
    const showMore = (is) => {
      more.classList.toggle("is-shown", is);
      toggle.setAttribute("aria-expanded", String(is));
    };
    toggle.addEventListener("click", () => showMore(!more.classList.contains("is-shown")));
    byId("back").addEventListener("click", close);
    document.addEventListener("click", (event) => {
      const row = event.target.closest("#rows a");
      if (row && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        choose(findings[row.parentElement.dataset.number - 1]);
        if (!isWide.matches) selected.article.focus({ preventScroll: true });
      }
      const chart = event.target.closest("a[data-filter]");
      if (chart) {
        event.preventDefault();
        byId(chart.dataset.filter).value = decoded(chart.hash.slice(chart.hash.indexOf("=") + 1));
        changed();
        form.scrollIntoView({ block: "start" });
      }
      if (event.target.closest("[data-clear]")) clear();
    });

    // Keys
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
      const isField = event.target.matches("input:not([type=checkbox]), select, textarea");
      if (event.key === "Escape") {
        if (isField) event.target.blur();
        else if (root.classList.contains("is-reading")) close();
        return;
      }
      if (isField) return;
      const isButton = event.target.matches("a, button, summary, input, pre");
      const keys = {
        "j": () => step(1),
        "k": () => step(-1),
        "/": () => byId("q").focus(),
        "f": () => { showMore(true); (boxes[0] ?? byId("path")).focus(); },
        "c": clear,
        "?": () => help.showModal(),
        "Enter": isButton ? null : open,
      };
      const action = keys[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    });
    addEventListener("hashchange", read);
    isWide.addEventListener("change", apply);
    read();
  });
})();
