// Filter, search and sort the cases of this page. Without a script all cases are simply there.
(() => {
  const list = document.getElementById("cases");
  const cases = [...list.children];
  const words = document.getElementById("words");
  const order = document.getElementById("order");
  const shown = document.getElementById("shown");
  const tiles = [...document.querySelectorAll(".count[data-status]")];
  const chosen = new Set();
  const key = {
    worst: (c) => c.dataset.rank.padStart(6, "0"),
    due: (c) => (c.dataset.due || "9999") + c.dataset.rank.padStart(6, "0"),
    id: (c) => c.dataset.id,
  };
  function show() {
    const wanted = words.value.trim().toLowerCase();
    let count = 0;
    for (const c of cases) {
      const fits =
        (!chosen.size || chosen.has(c.dataset.status) || (chosen.has("late") && c.dataset.late)) &&
        (!wanted || `${c.dataset.id} ${c.textContent}`.toLowerCase().includes(wanted));
      c.hidden = !fits;
      count += fits;
    }
    shown.textContent = count === cases.length ? "" : `显示 ${count} / ${cases.length} 件`;
  }
  function sort() {
    const by = key[order.value];
    list.append(...cases.sort((a, b) => by(a).localeCompare(by(b), "zh", { numeric: true })));
  }
  for (const tile of tiles) {
    tile.addEventListener("click", () => {
      const on = !chosen.delete(tile.dataset.status);
      if (on) chosen.add(tile.dataset.status);
      tile.setAttribute("aria-pressed", on);
      show();
    });
  }
  words.addEventListener("input", show);
  order.addEventListener("change", sort);
  document.getElementById("unfold").addEventListener("click", () => {
    const open = cases.some((c) => !c.hidden && !c.open);
    for (const c of cases) if (!c.hidden) c.open = open;
  });
  const folded = [];
  addEventListener("beforeprint", () => {
    for (const c of cases) if (!c.open) folded.push(c), (c.open = true);
  });
  addEventListener("afterprint", () => {
    for (const c of folded.splice(0)) c.open = false;
  });
  document.body.classList.add("scripted");
})();
