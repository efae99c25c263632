// A sheet that is printed: asked for with #print, it prints itself.
"use strict";
if (location.hash === "#print") window.addEventListener("load", () => window.print());
