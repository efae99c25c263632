// The counter page: sends what is typed, sends files piece by piece, shows what is told.
// The server renders everything; this script only carries it. No word of the page stands here but
// those about the connection and the transfer, which the server cannot say.
"use strict";

const root = document.getElementById("counter");
const base = `/counter/${root.dataset.draft}`;
const PIECE_BYTES = 2 * 1024 * 1024;
const AT_ONCE = 3;
let leaving = false; // this very tab has been sent off
const line = document.getElementById("line");

function ask(path, options = {}) {
  const headers = { "X-CSRF-Token": root.dataset.csrf, ...options.headers };
  return fetch(path, { ...options, headers, credentials: "same-origin" });
}

// ------------------------------------------------------------ regions

function keepTyping(region) {
  const active = document.activeElement;
  return region.contains(active) && active.matches("input:not([type=checkbox]):not([type=radio]), textarea");
}

function put(html) {
  const made = new DOMParser().parseFromString(html, "text/html");
  for (const fresh of made.querySelectorAll("[data-region]")) {
    const old = document.getElementById(fresh.id);
    if (!old || old.isEqualNode(fresh) || keepTyping(old)) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const mark = focused && (focused.name ? `[name="${CSS.escape(focused.name)}"][value="${CSS.escape(focused.value)}"], [name="${CSS.escape(focused.name)}"]` : null);
    for (const open of old.querySelectorAll("details[data-keep-open][open]")) {
      const same = fresh.querySelector(`#${CSS.escape(open.id)}`);
      if (same) same.open = true;
    }
    // Pictures that are shown already stay as they are: they neither flicker nor load again.
    const loaded = new Map([...old.querySelectorAll("img")].map((img) => [img.getAttribute("src"), img]));
    for (const img of fresh.querySelectorAll("img")) {
      const same = loaded.get(img.getAttribute("src"));
      if (same) img.replaceWith(same);
    }
    old.replaceWith(document.adoptNode(fresh));
    if (mark) document.getElementById(fresh.id).querySelector(mark)?.focus();
  }
}

// Whatever shows regions goes in turn: an older answer must never come after a newer one.
let turn = Promise.resolve();
function inTurn(work) {
  turn = turn.then(work).catch(() => say("连接中断，正在重新连接……"));
  return turn;
}

async function show(response) {
  // Logged out, or submitted in another tab: the server says what is now.
  if (response.redirected || response.status === 401 || response.status === 409) return location.reload();
  const text = await response.text();
  if (response.ok) return put(text);
  say(reason(text));
}

function reason(text) {
  try {
    const told = JSON.parse(text);
    return [told.detail || told.title, told.hint].filter(Boolean).join("");
  } catch {
    return "服务器没有回答，请稍后再试。";
  }
}

function say(words) { line.textContent = words; }

let wanted = false;
function refresh() {
  if (wanted) return turn;
  wanted = true;
  return inTurn(async () => { wanted = false; await show(await ask(`${base}/regions`)); });
}

// ------------------------------------------------------------ what is typed

const form = document.getElementById("said");
let typing = null;

let unsent = 0; // what was typed and has not reached the server

function sayTyped() {
  clearTimeout(typing);
  const mine = (unsent += 1);
  inTurn(async () => {
    const body = new URLSearchParams(new FormData(form));
    const response = await ask(`${base}/said`, { method: "POST", body });
    if (response.ok && unsent === mine) unsent = 0;
    await show(response);
  });
}
form.addEventListener("change", sayTyped);
form.addEventListener("input", (event) => {
  if (!event.target.matches("input[type=checkbox], input[type=radio], select")) {
    clearTimeout(typing);
    typing = setTimeout(sayTyped, 600);
  }
});
form.addEventListener("submit", (event) => { event.preventDefault(); sayTyped(); });
// What was ticked before this script was there.
if ([...form.elements].some((one) => one.checked !== one.defaultChecked)) sayTyped();

// ------------------------------------------------------------ files

const list = document.getElementById("uploads");
const waiting = [];
let running = 0;

function utf8(text) { return btoa(String.fromCharCode(...new TextEncoder().encode(text))); }

function add(files, replaces = "") {
  for (const file of files) {
    const row = document.createElement("li");
    const name = document.createElement("span");
    const state = document.createElement("span");
    const bar = document.createElement("progress");
    const retry = document.createElement("button");
    name.textContent = file.name;
    bar.max = file.size || 1; bar.value = 0;
    bar.setAttribute("aria-label", `上传“${file.name}”`);
    retry.type = "button"; retry.textContent = "重试"; retry.hidden = true;
    row.append(name, bar, state, retry);
    list.append(row);
    const one = { file, replaces, row, state, bar, retry, place: null, tries: 0 };
    retry.addEventListener("click", () => { retry.hidden = true; one.tries = 0; queue(one); });
    queue(one);
  }
}

function queue(one) { one.state.textContent = "等待上传"; waiting.push(one); next(); }

function next() {
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    const one = waiting.shift();
    send(one).finally(() => { running -= 1; next(); });
  }
}

async function send(one) {
  for (;;) {
    try {
      if (!one.place && !(await announce(one))) return;
      if (await transfer(one)) { one.row.remove(); await refresh(); return; }
      return;
    } catch (error) {
      one.tries += 1;
      if (one.tries > 60) { fail(one, "连不上服务器，文件还在您的电脑上。", true); return; }
      one.state.textContent = "连接中断，自动续传……";
      await new Promise((done) => setTimeout(done, Math.min(5000, 500 * one.tries)));
    }
  }
}

async function announce(one) {
  const told = [`filename ${utf8(one.file.name || "照片.jpg")}`];
  if (one.replaces) told.push(`replaces ${utf8(one.replaces)}`);
  const response = await ask(`${base}/files`, {
    method: "POST",
    headers: {
      "Tus-Resumable": "1.0.0",
      "Upload-Length": String(one.file.size),
      "Upload-Metadata": told.join(","),
    },
  });
  if (response.status === 201) { one.place = response.headers.get("Location"); return true; }
  fail(one, reason(await response.text()), response.status >= 500);
  return false;
}

async function transfer(one) {
  const stands = await ask(one.place, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
  if (stands.status === 404) { fail(one, "这个文件已移除。", false); return false; }
  if (!stands.ok) throw new Error(String(stands.status));
  let offset = Number(stands.headers.get("Upload-Offset"));
  while (offset < one.file.size) {
    one.bar.value = offset;
    one.state.textContent = `${Math.floor((100 * offset) / one.file.size)}%`;
    const response = await ask(one.place, {
      method: "PATCH",
      headers: {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": String(offset),
        "Content-Type": "application/offset+octet-stream",
      },
      body: one.file.slice(offset, offset + PIECE_BYTES),
    });
    if (response.status === 409 || response.status === 423) throw new Error("another place");
    if (!response.ok) { fail(one, reason(await response.text()), response.status >= 500); return false; }
    offset = Number(response.headers.get("Upload-Offset"));
    one.tries = 0;
  }
  return true;
}

function fail(one, words, may) {
  one.row.classList.add("failed");
  one.state.textContent = words;
  one.retry.hidden = !may;
  if (!may) {
    const close = document.createElement("button");
    close.type = "button"; close.className = "quiet"; close.textContent = "知道了";
    close.addEventListener("click", () => one.row.remove());
    one.row.append(close);
  }
}

for (const id of ["pick", "camera"]) {
  const input = document.getElementById(id);
  input.addEventListener("change", () => { add([...input.files]); input.value = ""; });
}
let replacing = "";
const retake = document.getElementById("again");
retake.addEventListener("change", () => { add([...retake.files], replacing); retake.value = ""; });

const drop = document.getElementById("drop");
root.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
root.addEventListener("dragleave", () => drop.classList.remove("over"));
root.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  add([...event.dataTransfer.files]);
});
document.addEventListener("paste", (event) => {
  if (event.clipboardData.files.length) add([...event.clipboardData.files]);
});
window.addEventListener("beforeunload", (event) => { if (running || unsent) event.preventDefault(); });

// ------------------------------------------------------------ buttons

async function post(path, values = {}) {
  return ask(path, { method: "POST", body: new URLSearchParams(values) });
}

root.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { open, view, fix, remove, again: file, unchoose, decide } = button.dataset;
  if (open) inTurn(async () => show(await post(`${base}/open`, { key: open })));
  else if (view) look(view);
  else if (fix) mend(fix);
  else if (file) { replacing = file; retake.click(); }
  else if (remove) { await ask(`${base}/files/${remove}`, { method: "DELETE" }); await refresh(); }
  else if (unchoose) {
    form.querySelector(`input[name=matters][value="${unchoose}"]`).checked = false;
    sayTyped();
  }
});

root.addEventListener("submit", async (event) => {
  const path = event.target.dataset.decide;
  if (path) {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(event.target));
    document.activeElement.blur(); // what was typed is sent: the region may be shown anew
    const fold = event.target.closest("details");
    if (fold) fold.open = false;
    inTurn(async () => show(await ask(path, { method: "POST", body })));
    return;
  }
  const words = event.target.dataset.confirm;
  if (words && !confirm(words)) event.preventDefault();
  else if (event.target.method === "post") leaving = true;
});

function look(path) {
  const viewer = document.getElementById("viewer");
  viewer.querySelector("img").src = path;
  viewer.showModal();
}

async function mend(key) {
  const dialog = document.getElementById("fix");
  const photo = `${base}/papers/${key}/photo`;
  const verdict = document.getElementById("fix-verdict");
  const use = document.querySelector("#fix-use button");
  const done = document.getElementById("fix-done");
  verdict.textContent = "正在修……";
  done.replaceChildren();
  use.disabled = true;
  document.getElementById("fix-after").removeAttribute("src");
  document.getElementById("fix-before").src = `${photo}/original`;
  document.getElementById("fix-use").action = `${photo}/use`;
  dialog.showModal();
  const response = await ask(`${photo}/fix`);
  if (!response.ok) { verdict.textContent = reason(await response.text()); return; }
  const told = await response.json();
  verdict.textContent = told.words;
  for (const words of told.lines) {
    const row = document.createElement("li");
    row.textContent = words;
    done.append(row);
  }
  if (told.made) {
    document.getElementById("fix-after").src = `${photo}/fixed`;
    use.disabled = false;
  }
}

// ------------------------------------------------------------ the scanner's folder

const scanner = document.getElementById("scanner");
if (scanner) {
  setInterval(async () => {
    if (!scanner.checked || document.hidden) return;
    try {
      const response = await post(`${base}/scanner`);
      if (!response.ok) return;
      const told = await response.json();
      if (told.refused.length) say(told.refused.join(" "));
    } catch { /* the next look finds it */ }
  }, 2000);
}

// ------------------------------------------------------------ news

const news = new EventSource(`${base}/events?after=${root.dataset.last}`);
news.addEventListener("open", () => { say("已连接"); unsent ? sayTyped() : refresh(); });
news.addEventListener("error", () => say("连接中断，正在重新连接……"));
for (const kind of ["said", "file", "kept", "page", "read", "removed", "decided"]) {
  news.addEventListener(kind, refresh);
}
news.addEventListener("submitted", () => { if (!leaving) location.reload(); });
