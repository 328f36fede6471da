// What is different where the chat stands in a frame: a thin header, the colour and the words of the page around, and
// links that open beside that page instead of inside the frame.

import { button, element } from "./dom.js";
import { settings, tell } from "./embedded.js";
import { field } from "./fields.js";

// As dark, or as light, as it takes to be read on all our backgrounds (tokens.css): see tests/browser/test_framed.py.
const ACCENT = {
  "--nc-accent": ["min(l, 0.48) min(c, 0.16) h", "max(l, 0.8) min(c, 0.16) h"],
  "--nc-accent-soft": ["0.95 min(c, 0.02) h", "0.31 min(c, 0.03) h"],
  "--nc-on-accent": ["1 0 h", "0.23 min(c, 0.03) h"],
};

/** Give the page the look of a frame. */
export function startFrame() {
  const root = document.documentElement;
  root.classList.add("nc-framed");
  if (settings.greeting) root.style.setProperty("--nc-greeting", cssString(settings.greeting));
  const accent = colour(settings.accent);
  if (accent) paint(root.style, accent);
  addEventListener("click", leadOut, { capture: true });
  if (settings.floats) addEventListener("keydown", closeByEscape, { capture: true });
}

/** Make the header; `begin` begins a new conversation. */
export function framedHeader(begin) {
  const beside = element("a", { className: "nc-beside", target: "_blank", rel: "noopener", textContent: "↗" });
  beside.title = beside.ariaLabel = "Open in a new tab";
  const close = button("×", () => tell("close"), "Close");
  close.className = "nc-close";
  const tools = element("div", { className: "nc-page-tools" }, button("New", begin, "New conversation"), beside);
  if (settings.floats) tools.append(close);
  const title = element("h1", { className: "nc-title" }, element("span", { className: "nc-name" }, settings.title));
  return element("header", { className: "nc-header" }, title, tools);
}

/** Have the header lead to a conversation's own page. */
export function leadTo(conversation) {
  document.querySelector(".nc-beside").href = `../app/#c=${conversation}`;
}

/** Name the page after the frame's title: Gradio writes its own when it starts. */
export function nameDocument() {
  document.title = settings.title;
}

const notice = element("p", { className: "nc-notice", role: "status" });

/** Show above the question box what the server has to say to the reader. */
export function showNotice() {
  const box = document.querySelector("#nc-ask");
  if (box && notice.nextElementSibling !== box) box.before(notice);
  const words = field("#nc-notice")?.value ?? "";
  if (notice.textContent !== words) notice.textContent = words;
}

function paint(style, accent) {
  for (const [name, shades] of Object.entries(ACCENT)) {
    const [light, dark] = shades.map((shade) => `oklch(from ${accent} ${shade} / 1)`);
    style.setProperty(name, `light-dark(${light}, ${dark})`);
  }
}

// A colour as a canvas reads it, null where it is none: a style would also take what only may become one, as var() does.
function colour(text) {
  const pen = document.createElement("canvas").getContext("2d");
  const [read, again] = ["#000000", "#ffffff"].map((before) => {
    pen.fillStyle = before;
    pen.fillStyle = text;
    return pen.fillStyle;
  });
  return read === again ? read : null;
}

function cssString(text) {
  return `"${text.replace(/["\\\p{Cc}]/gu, (each) => `\\${each.codePointAt(0).toString(16)} `)}"`;
}

function leadOut(event) {
  const link = event.target.closest?.("a[href]");
  const leaves = link && link.href.split("#")[0] !== location.href.split("#")[0];
  if (leaves && !link.download) Object.assign(link, { target: "_blank", rel: "noopener" });
}

// Whatever lies open over the chat, or is being written in, takes Escape before the frame does. Asked before any of
// these has heard of the key.
function closeByEscape(event) {
  if (event.key !== "Escape" || event.isComposing) return;
  if (!document.querySelector(".nc-sheet-open, dialog[open], textarea.edit-textarea")) tell("close");
}
