// A case's doubts, one after another, by keyboard alone.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const main = document.getElementById("main");
  const work = document.getElementById("work");
  const path = main.dataset.path;
  const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";
  const channel = new BroadcastChannel(`yijianshi-review:${main.dataset.case}`);
  const element = document.getElementById("viewer");
  const view = element ? new PaperView(element, path) : null;
  let now = null; // the item in focus: {article, data, input, box}
  let busy = false;
  let looked = null; // a certain field that is looked at: an item of its own

  const say = (text, isWrong = false) => {
    const line = document.getElementById("say");
    line.textContent = text;
    line.classList.toggle("wrong", isWrong);
  };
  const articles = () => [...work.querySelectorAll("article.item")];
  const mine = () => work.querySelector(".work")?.dataset.mine === "yes";
  const revision = () => work.querySelector(".work")?.dataset.revision;

  // ------------------------------------------------------------ which item

  function focusOn(article, keepPaper = false) {
    for (const other of articles()) other.hidden = other !== article;
    if (!article) return;
    const data = JSON.parse(article.dataset.item);
    now = { article, data, input: article.querySelector(".value-input"), box: null, read: null };
    if (now.input && !now.input.disabled) {
      now.input.focus({ preventScroll: true });
      pickWeakest();
    } else {
      article.focus({ preventScroll: true });
    }
    if (!keepPaper) showPaper();
  }

  function pickWeakest() {
    const { input, data } = now;
    if (!data.is_field) return input.setSelectionRange(input.value.length, input.value.length);
    const weakest = [...data.unsure].sort((a, b) => a.score - b.score)[0];
    if (weakest) input.setSelectionRange(weakest.at, weakest.at + 1);
    else input.select();
  }

  function showPaper() {
    const message = { type: "focus", page: now.data.page, box: now.box ?? now.data.box };
    channel.postMessage(message);
    view?.show(message.page, message.box);
  }

  function step(by) {
    const all = articles();
    if (!all.length) return;
    const at = all.indexOf(now?.article);
    focusOn(all[(at + by + all.length) % all.length]);
  }

  // ------------------------------------------------------------ deciding

  async function send(where, fields) {
    if (busy) return null;
    busy = true;
    main.classList.add("busy");
    try {
      const body = new URLSearchParams({ revision: revision(), csrf, ...fields });
      return await fetch(`${path}/${where}`, { method: "POST", body, headers: { "X-CSRF-Token": csrf } });
    } catch {
      say("没有连上服务，决定未保存。请检查网络后再按一次。", true);
      return null;
    } finally {
      busy = false;
      main.classList.remove("busy");
    }
  }

  async function follow(answer) {
    if (!answer) return;
    if (answer.status === 422) {
      const { message, hint } = await answer.json();
      return say(`${message ?? "内容无效。"}${hint ?? ""}`, true);
    }
    if (answer.status === 401 || answer.redirected) return location.assign(path);
    const at = Math.max(0, articles().indexOf(now?.article));
    work.innerHTML = await answer.text();
    looked = null;
    now = null;
    bind();
    if (!answer.ok) {
      say("");
      return work.querySelector("[data-reload]")?.focus();
    }
    const all = articles();
    focusOn(all[Math.min(at, all.length - 1)]);
  }

  async function decide(action, more = {}) {
    if (!now?.data.key || !mine()) return;
    const value = now.input?.value.trim() ?? "";
    const changed = now.input && value !== now.data.value;
    if (action === "confirm" && now.data.is_field && !now.data.read && !value) {
      return say("机器没有读出这一栏。请录入，或按 F2 标为无法辨认。", true);
    }
    if (action === "confirm" && (changed || (now.data.is_field && !now.data.read))) {
      action = now.box && value === now.read ? "read_region" : "correct";
    }
    const box = now.box ? JSON.stringify(now.box) : "";
    say("");
    await follow(await send("decide", { key: now.data.key, action, value, box, ...more }));
  }

  async function undo(id) {
    if (id && mine()) await follow(await send("undo", { decision: id }));
  }

  function why(action, key) {
    const dialog = document.getElementById("reason");
    const presets = JSON.parse(document.getElementById(action === "waive" ? "reasons-waive" : "reasons-back").innerHTML);
    const list = dialog.querySelector(".presets");
    const input = dialog.querySelector("input");
    document.getElementById("reason-title").textContent = action === "waive" ? "豁免的理由" : "退回的理由（会告知申请人）";
    list.replaceChildren(...presets.map((text, at) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${at + 1} ${text}`;
      button.addEventListener("click", () => done(text));
      item.append(button);
      return item;
    }));
    const done = (reason) => {
      if (!reason.trim()) return input.focus();
      dialog.close();
      if (key) send("decide", { key, action, reason }).then(follow);
      else decide(action, { reason });
    };
    input.value = "";
    dialog.onkeydown = (event) => {
      if (event.isComposing) return;
      const number = Number(event.key);
      if (!input.value && number >= 1 && number <= presets.length) {
        event.preventDefault();
        done(presets[number - 1]);
      } else if (event.key === "Enter") {
        event.preventDefault();
        done(input.value);
      }
      event.stopPropagation();
    };
    dialog.querySelector("form").onsubmit = (event) => { event.preventDefault(); done(input.value); };
    dialog.querySelector('[value="cancel"]').onclick = () => dialog.close();
    dialog.onclose = () => now?.input?.focus();
    dialog.showModal();
    input.focus();
  }

  async function readBox(box, page) {
    if (!now?.input || !mine()) return say("请先选一处要填的疑点，再框选。", true);
    say("正在识别框内文字……");
    const answer = await send("region", {
      key: now.data.key, box: JSON.stringify(box), sha256: page.sha256, page: page.page, rotation: page.rotation,
    });
    if (!answer) return;
    const told = await answer.json();
    if (!answer.ok) return say(`${told.message ?? told.detail}${told.hint ?? ""}`, true);
    now.box = box;
    now.read = told.value;
    now.input.value = told.value;
    now.input.focus();
    say(told.doubts.length ? `已读入，请核对：${told.doubts.join("；")}` : "已读入，Enter 确定。");
    showPaper();
  }

  // ------------------------------------------------------------ alternatives

  function alternative(by) {
    const texts = [now.data.value, ...now.data.alternatives];
    const at = texts.indexOf(now.input.value);
    use(texts[(Math.max(0, at) + by + texts.length) % texts.length]);
  }

  function use(text) {
    now.input.value = text;
    now.input.focus();
    const from = [...text].findIndex((char, at) => char !== now.data.value[at]);
    if (from >= 0) now.input.setSelectionRange(from, from + 1);
  }

  // ------------------------------------------------------------ keys

  document.addEventListener("keydown", (event) => {
    // An input method takes its own Enter and arrows: nothing is ours until it has composed.
    if (event.isComposing || event.keyCode === 229) return;
    const dialog = document.querySelector("dialog[open]");
    if (dialog) {
      if (event.key === "?" && dialog.id === "help") { event.preventDefault(); dialog.close(); }
      return;
    }
    const reload = work.querySelector("[data-reload]");
    if (reload && event.key === "Enter") { event.preventDefault(); return location.assign(reload.href); }
    if (event.key === "?") { event.preventDefault(); return document.getElementById("help").showModal(); }
    const inOther = event.target.closest("select, .arrange, .case-head, summary, nav")
      || (event.target.tagName === "BUTTON") || (event.target.tagName === "A");
    if (event.key === "F9" && view) { event.preventDefault(); return view.act("draw"); }
    if (event.key === "Escape" && view?.drawing) return view.draw(false);
    if (!now || inOther) return;
    const typing = now.input && !now.input.disabled;
    const keys = {
      Enter: () => (now.data.key ? decide("confirm") : now.article.querySelector("[data-next]")?.requestSubmit()),
      Tab: () => step(event.shiftKey ? -1 : 1),
      F2: () => decide("unreadable"),
      F4: () => why("send_back"),
      F8: () => why("waive"),
    };
    if (typing) {
      keys.ArrowDown = () => alternative(1);
      keys.ArrowUp = () => alternative(-1);
    }
    if (event.ctrlKey && event.key.toLowerCase() === "z" && (!typing || now.input.value === now.data.value)) {
      event.preventDefault();
      return undo(work.querySelector(".work").dataset.undo);
    }
    if (event.altKey && /^Digit[1-5]$/.test(event.code) && typing) {
      const text = now.data.alternatives[Number(event.code.slice(5)) - 1];
      event.preventDefault();
      if (text) use(text);
      return;
    }
    if (!keys[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });

  // ------------------------------------------------------------ mouse and touch

  function bind() {
    const on = (selector, act) => work.querySelectorAll(selector).forEach((button) =>
      button.addEventListener("click", (event) => { event.preventDefault(); act(button); }));
    on("[data-act]", ({ dataset }) => {
      if (dataset.reason) return decide(dataset.act, { reason: dataset.reason });
      return ["waive", "send_back"].includes(dataset.act) ? why(dataset.act) : decide(dataset.act);
    });
    on("[data-elsewhere]", ({ dataset }) => elsewhere(dataset.elsewhere));
    on("[data-alternative]", ({ dataset }) => use(dataset.alternative));
    on("[data-help]", () => document.getElementById("help").showModal());
    on("button[data-undo]", ({ dataset }) => undo(dataset.undo));
    on("[data-waive]", ({ dataset }) => why("waive", dataset.waive));
    on("[data-look]", look);
    work.querySelector("form[data-checked]")?.addEventListener("submit", async (event) => {
      event.preventDefault();
      await follow(await send("checked", {}));
      say("已记入抽查。");
    });
    work.querySelectorAll("form.arrange").forEach((form) => {
      form.elements.action.addEventListener("change", () => {
        const action = form.elements.action.value;
        form.querySelectorAll("[data-for]").forEach((label) => {
          label.hidden = !label.dataset.for.split(" ").includes(action);
        });
        form.querySelector("button").hidden = !action;
      });
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        say("正在处理……");
        await follow(await send("arrange", Object.fromEntries(new FormData(form))));
        if (!document.getElementById("say").classList.contains("wrong")) say("");
      });
    });
  }

  // The form that arranges papers, opened for one that belongs to another case.
  function elsewhere(id) {
    const form = [...work.querySelectorAll("form.arrange")].find((one) => one.elements.document.value === id);
    if (!form) return;
    form.closest("details").open = true;
    form.elements.action.value = "move";
    form.elements.action.dispatchEvent(new Event("change"));
    form.elements.case_id.focus();
  }

  // A certain field, opened for looking or mending: an item that the server asked nothing about.
  function look(button) {
    const told = JSON.parse(button.dataset.look);
    looked?.remove();
    looked = document.createElement("article");
    looked.className = "item looked";
    looked.tabIndex = -1;
    looked.dataset.item = JSON.stringify({
      key: told.key, is_field: true, value: told.value, read: true, unsure: [], alternatives: [],
      page: told.page, box: told.box,
    });
    const title = document.createElement("h2");
    title.textContent = told.label;
    const input = document.createElement("input");
    input.className = "value-input";
    input.value = told.value;
    input.autocomplete = "off";
    input.setAttribute("aria-label", told.label);
    looked.append(title, input);
    work.querySelector(".progress").after(looked);
    focusOn(looked);
    looked.scrollIntoView({ block: "nearest" });
  }

  // ------------------------------------------------------------ paper and claim

  document.querySelectorAll("[data-view]").forEach((button) => button.addEventListener("click", () => {
    if (button.dataset.view === "apart") {
      window.open(`${path}/paper`, `yijianshi-paper-${main.dataset.case}`, "popup,width=1000,height=1000");
    } else if (main.classList.contains("two-monitors")) {
      channel.postMessage({ type: "view", what: button.dataset.view });
    } else {
      view.act(button.dataset.view);
    }
  }));
  channel.addEventListener("message", ({ data }) => {
    if (data.type === "here") { main.classList.add("two-monitors"); if (now) showPaper(); }
    if (data.type === "gone") { main.classList.remove("two-monitors"); if (now) showPaper(); }
    if (data.type === "box") readBox(data.box, data.page);
  });
  channel.postMessage({ type: "ask" });
  if (view) view.onBox = readBox;

  // A claim lasts while somebody works: it is kept by keys and pointer, not by an open window.
  let stirred = false;
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => { stirred = true; });
  setInterval(async () => {
    if (!stirred || !mine()) return;
    stirred = false;
    const answer = await fetch(`${path}/keep`, { method: "POST", body: new URLSearchParams({ csrf }), headers: { "X-CSRF-Token": csrf } }).catch(() => null);
    if (answer?.status === 409) say("此件已由他人认领，您的决定不再能保存。请返回队列。", true);
  }, 60000);

  bind();
  focusOn(articles()[0]);
  main.dataset.ready = "yes"; // from here on, a key does what it says
});
