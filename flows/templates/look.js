"use strict";
// What stands under the pointer is lit wherever it is shown: in the list, on the sheet, on the page.
function light(event) {
  const at = event.target.closest("[data-at]");
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (!at) return;
  for (const key of at.dataset.at.split(" "))
    for (const other of document.querySelectorAll(`[data-at~="${CSS.escape(key)}"]`)) other.classList.add("lit");
}
document.addEventListener("mouseover", light);
document.addEventListener("focusin", light);
