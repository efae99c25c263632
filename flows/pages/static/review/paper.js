// The second monitor: the paper alone, in step with the page that has the fields.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const main = document.getElementById("main");
  const view = new PaperView(document.getElementById("viewer"), main.dataset.path);
  const channel = new BroadcastChannel(`yijianshi-review:${main.dataset.case}`);
  view.onBox = (box, page) => channel.postMessage({ type: "box", box, page });
  channel.addEventListener("message", ({ data }) => {
    if (data.type === "focus") {
      document.getElementById("say").textContent = "";
      view.show(data.page, data.box);
    }
    if (data.type === "view") view.act(data.what);
    if (data.type === "ask") channel.postMessage({ type: "here" });
  });
  window.addEventListener("pagehide", () => channel.postMessage({ type: "gone" }));
  channel.postMessage({ type: "here" });
});
