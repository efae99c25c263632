"use strict";
/* What every page shares. Nothing here decides anything: the server does. */

/** Show a short message at the foot of the page for six seconds. */
function toast(text) {
  const line = document.createElement("div");
  line.className = "toast";
  line.textContent = text;
  document.getElementById("toasts").append(line);
  setTimeout(() => line.remove(), 6000);
}

document.addEventListener("DOMContentLoaded", () => {
  // A refused or broken request is said, and the page stays as it is.
  document.body.addEventListener("htmx:responseError", (event) => {
    const part = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    toast(part.body.textContent.trim() || "请求没有成功，请重试。");
  });
  document.body.addEventListener("htmx:sendError", () => toast("无法连接服务器，请检查网络后重试。"));
  // The server may send a message with any answer.
  document.body.addEventListener("told", (event) => toast(event.detail.value));
});
