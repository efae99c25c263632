// The paper: a page's picture that flies to the field in focus, and a box that is drawn on it.
// Boxes are told in pixels of the upright page; a picture may be smaller than its page.
"use strict";

// OpenSeadragon writes a style element of its own, which our policy forbids, unless one of that mark
// is there. This one is of no namespace, so it styles nothing; the rule stands in review.css.
function holdBackStyle() {
  const mark = document.createElementNS(null, "style");
  mark.setAttribute("data-openseadragon-mobile-css", "true");
  document.head.append(mark);
}

class PaperView {
  constructor(element, path) {
    holdBackStyle();
    this.path = path;
    this.key = "";
    this.scale = 1;
    this.onBox = null;
    this.view = new OpenSeadragon({
      element, showNavigationControl: false, drawer: "canvas", animationTime: 0.35,
      gestureSettingsMouse: { clickToZoom: false }, gestureSettingsPen: { clickToZoom: false },
      maxZoomPixelRatio: 3, visibilityRatio: 0.4, keyboardNavEnabled: false,
    });
    // The viewer's own keys would take arrows and letters from the field that is typed in.
    this.view.innerTracker.keyHandler = null;
    this.view.innerTracker.keyDownHandler = null;
    this.view.canvas.tabIndex = -1;
    this.mark = document.createElement("div");
    this.mark.className = "field-mark";
    this.shade = document.createElement("div");
    this.shade.className = "draw-shade";
    this.shade.hidden = true;
    element.append(this.shade);
    this.listen();
  }

  async show(page, box) {
    if (!page) return;
    const key = `${page.sha256}/${page.page}/${page.rotation}`;
    if (key !== this.key) {
      const answer = await fetch(`${this.path}/pages/${key}`);
      if (!answer.ok) return;
      const told = await answer.json();
      this.page = page;
      this.key = key;
      this.view.viewport.setRotation(0, true);
      await new Promise((resolve) => {
        this.view.addOnceHandler("open", resolve);
        this.view.addOnceHandler("open-failed", resolve);
        this.view.open({ type: "image", url: told.url, buildPyramid: false });
      });
      const image = this.view.world.getItemAt(0);
      if (!image) return;
      this.scale = image.getContentSize().x / told.width;
    }
    this.fly(box);
  }

  fly(box) {
    const image = this.view.world.getItemAt(0);
    this.view.removeOverlay(this.mark);
    if (!image) return;
    if (!box) return this.view.viewport.goHome();
    const xs = box.map((p) => p[0] * this.scale), ys = box.map((p) => p[1] * this.scale);
    const x = Math.min(...xs), y = Math.min(...ys);
    const width = Math.max(...xs) - x, height = Math.max(...ys) - y;
    const rect = image.imageToViewportRectangle(x, y, width, height);
    this.view.addOverlay({ element: this.mark, location: rect });
    const size = image.getContentSize();
    const around = Math.max(width * 1.9, height * 9, size.x * 0.35);
    const tall = around * 0.6;
    this.view.viewport.fitBounds(image.imageToViewportRectangle(
      x + width / 2 - around / 2, y + height / 2 - tall / 2, around, tall));
    document.documentElement.dataset.flown = this.key;
  }

  act(what) {
    const port = this.view.viewport;
    if (what === "in") port.zoomBy(1.4);
    if (what === "out") port.zoomBy(1 / 1.4);
    if (what === "fit") port.goHome();
    if (what === "turn") port.setRotation(port.getRotation() + 90);
    if (what === "draw") this.draw(this.shade.hidden);
    port.applyConstraints();
  }

  draw(on) {
    this.shade.hidden = !on;
    this.shade.replaceChildren();
  }

  get drawing() { return !this.shade.hidden; }

  listen() {
    let from = null, band = null;
    const at = (event) => {
      const rect = this.shade.getBoundingClientRect();
      return [event.clientX - rect.left, event.clientY - rect.top];
    };
    this.shade.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.shade.setPointerCapture(event.pointerId);
      from = at(event);
      band = document.createElement("div");
      band.className = "draw-band";
      this.shade.replaceChildren(band);
    });
    this.shade.addEventListener("pointermove", (event) => {
      if (!from) return;
      const [x, y] = at(event);
      band.style.left = `${Math.min(x, from[0])}px`;
      band.style.top = `${Math.min(y, from[1])}px`;
      band.style.width = `${Math.abs(x - from[0])}px`;
      band.style.height = `${Math.abs(y - from[1])}px`;
    });
    this.shade.addEventListener("pointerup", (event) => {
      if (!from) return;
      const corners = [from, at(event)].map((p) => this.onPage(p));
      from = null;
      this.draw(false);
      const [x0, x1] = [corners[0][0], corners[1][0]].sort((a, b) => a - b);
      const [y0, y1] = [corners[0][1], corners[1][1]].sort((a, b) => a - b);
      if (x1 - x0 < 4 || y1 - y0 < 4 || !this.onBox) return;
      this.onBox([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], this.page);
    });
  }

  onPage([x, y]) {
    const image = this.view.world.getItemAt(0);
    const place = this.view.viewport.viewerElementToViewportCoordinates(new OpenSeadragon.Point(x, y));
    const pixel = image.viewportToImageCoordinates(place);
    return [Math.round(pixel.x / this.scale), Math.round(pixel.y / this.scale)];
  }
}
