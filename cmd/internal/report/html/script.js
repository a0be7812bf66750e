// What the page does beyond showing: one stage at a time, copying, and the table.
// Without it everything is there, one below the other.
"use strict";
(() => {
  document.documentElement.classList.add("js");
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const methods = all("article.method");
  const main = document.getElementById("main");
  if (methods.length > 3) main.classList.add("many"); // one at a time

  // show opens a stage of a method.
  function show(method, id) {
    for (const a of all(".station", method)) {
      const on = a.hash === "#" + id;
      if (on) a.setAttribute("aria-current", "step"); else a.removeAttribute("aria-current");
    }
    for (const p of all(".panel", method)) p.classList.toggle("now", p.id === id);
  }

  // open follows the address: #stage=protocol, #finding=1, #method=3&stage=protocol.
  function open(moved) {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* as it is */ }
    const target = id && document.getElementById(id);
    const method = target ? target.closest("article.method") : null;
    for (const m of methods) m.classList.toggle("now", m === method);
    if (!method) return;
    if (target.matches(".panel")) show(method, id);
    if (!moved) return;
    if (target.matches(".panel")) {
      const box = target.getBoundingClientRect();
      if (box.top > innerHeight - 120 || box.top < 0) target.scrollIntoView({ block: "nearest" });
    } else {
      target.scrollIntoView();
      target.focus({ preventScroll: true });
    }
  }

  for (const method of methods) {
    const stations = all(".station", method);
    const first = stations.find(a => a.hasAttribute("data-first")) || stations[0];
    const idOf = a => decodeURIComponent(a.hash.slice(1));
    show(method, idOf(first));
    const go = (i, focus) => {
      const a = stations[Math.max(0, Math.min(stations.length - 1, i))];
      history.replaceState(null, "", a.hash);
      show(method, idOf(a));
      if (focus) a.focus();
    };
    const current = () => stations.findIndex(a => a.hasAttribute("aria-current"));
    for (const [i, a] of stations.entries()) {
      a.addEventListener("click", e => { e.preventDefault(); go(i, true); open(true); });
    }
    // Arrow keys and digits step while the path has the focus.
    method.querySelector(".path").addEventListener("keydown", e => {
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      const to = { ArrowRight: current() + 1, ArrowDown: current() + 1, ArrowLeft: current() - 1, ArrowUp: current() - 1, Home: 0, End: 7 }[e.key]
        ?? (/^[1-8]$/.test(e.key) ? Number(e.key) - 1 : undefined);
      if (to === undefined) return;
      e.preventDefault();
      go(to, true);
    });
    for (const [i, panel] of all(".panel", method).entries()) {
      const bar = document.createElement("div");
      bar.className = "steps-bar";
      for (const [text, to] of [["← " + (stations[i - 1]?.querySelector(".name").textContent ?? ""), i - 1], [(stations[i + 1]?.querySelector(".name").textContent ?? "") + " →", i + 1]]) {
        if (!stations[to]) { bar.append(document.createElement("span")); continue; }
        const b = document.createElement("button");
        b.type = "button";
        b.textContent = text;
        b.setAttribute("aria-label", (to < i ? "Previous stage: " : "Next stage: ") + stations[to].querySelector(".name").textContent);
        b.addEventListener("click", () => {
          go(to, false);
          const next = all(".panel", method)[to].querySelectorAll(".steps-bar button");
          (next[to < i ? 0 : next.length - 1] || stations[to]).focus();
        });
        bar.append(b);
      }
      panel.append(bar);
    }
  }
  addEventListener("hashchange", () => open(true));
  open(false);

  // Copying.
  for (const button of all(".copy")) {
    button.hidden = false;
    const name = button.textContent;
    button.addEventListener("click", async () => {
      const from = document.getElementById(button.dataset.copies);
      let done = true;
      try {
        await navigator.clipboard.writeText(from.textContent);
      } catch {
        getSelection().selectAllChildren(from);
        done = document.execCommand("copy");
      }
      button.textContent = done ? "Copied" : "Selected";
      setTimeout(() => { button.textContent = name; }, 2000);
    });
  }

  // The table: a filter, and an order by each column.
  const table = document.getElementById("table");
  if (table) {
    const rows = all("tbody tr", table);
    const filter = document.getElementById("filter"), verdicts = document.getElementById("verdicts"), shown = document.getElementById("shown");
    const sift = () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      let n = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        const fits = words.every(w => text.includes(w)) && (!verdicts.value || row.cells[0].textContent === verdicts.value);
        row.hidden = !fits;
        if (fits) n++;
      }
      shown.textContent = n === rows.length ? "" : n + " of " + rows.length + " methods";
    };
    filter.addEventListener("input", sift);
    verdicts.addEventListener("change", sift);
    document.querySelector(".filter").hidden = false;
    const key = (row, i) => row.cells[i].dataset.sort ?? row.cells[i].textContent.trim().toLowerCase();
    for (const [i, th] of all("thead th", table).entries()) {
      const b = document.createElement("button");
      b.type = "button";
      b.textContent = th.textContent;
      th.replaceChildren(b);
      b.addEventListener("click", () => {
        const down = th.getAttribute("aria-sort") === "ascending";
        for (const other of all("thead th", table)) other.removeAttribute("aria-sort");
        th.setAttribute("aria-sort", down ? "descending" : "ascending");
        const sorted = rows.toSorted((a, z) => key(a, i).localeCompare(key(z, i), "en", { numeric: true }) * (down ? -1 : 1));
        table.tBodies[0].append(...sorted);
      });
    }
  }

  // On paper everything is open.
  let closed = [];
  addEventListener("beforeprint", () => { closed = all("details:not([open])"); for (const d of closed) d.open = true; });
  addEventListener("afterprint", () => { for (const d of closed) d.open = false; });
})();
