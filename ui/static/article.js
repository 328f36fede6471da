// Takes the reader to the cited words, wherever in the paragraph they stand and even if the address has no fragment.

"use strict";

// On load, since a browser goes to the fragment before that.
addEventListener("load", () => {
  const paragraph = document.querySelector(".nc-cited");
  if (!paragraph || !arriving() || (location.hash && location.hash !== `#${paragraph.id}`)) return;
  const words = paragraph.querySelector("mark") ?? paragraph;
  const { top, bottom } = words.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) {
    words.scrollIntoView({ block: bottom - top < innerHeight ? "center" : "start" });
  }
});

// Tells a visit from a reload or a way back, on which the browser knows where the reader was.
function arriving() {
  return performance.getEntriesByType("navigation")[0]?.type === "navigate";
}
