// The chat on a page of another site (docs/widget.md). Not indented: all pages of that site load it.
(() => {
const script = document.currentScript;
const app = /^(.+)\/widget\.js(\?|$)/.exec(script?.src)?.[1];
if (!app) return console.warn("Newscite: widget.js has to be loaded from its own server.");
if (customElements.get("newscite-chat")) return; // it is here already

const wish = { title: "Newscite", label: "Ask", ...script.dataset };
const { origin } = location;
const { origin: theirs } = new URL(app);
const waiting = []; // messages for the frame
let target, frame, signIn, loading, ready, selected;
let kept = {}; // in this tab: the frame dies with each page
try {
  kept = sessionStorage ?? kept;
} catch {} // it is blocked

function keep(key, value) {
  try {
    kept[key] = value;
  } catch {} // it is full
}

function make(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

customElements.define("newscite-chat", class extends HTMLElement {});
const close = () => show(false);
const host = make("newscite-chat", { onkeydown: ({ key }) => void (key === "Escape" && close()) });
const root = host.attachShadow({ mode: "closed" });
const closer = make("button", { onclick: close }, "Close");
const text = make("p", { role: "status" });
const note = make("div", {}, text, closer);
const panel = make("section", { ariaLabel: wish.title, tabIndex: -1, hidden: true }, note);
const launcher = make("button", { ariaExpanded: false, onclick: launch }, wish.label);

function dress() {
  const [height = 620, width = 400] = wish.size?.match(/\d+/g)?.reverse() ?? [];
  const sheet = new CSSStyleSheet(); // what is important here beats the page's own
  sheet.replaceSync(`
:host { all: initial !important; display: contents !important;
  color-scheme: ${/light|dark/.exec(wish.theme) ?? "light dark"} !important }
button, section { font: 16px system-ui; direction: ltr }
button { padding: 8px 16px }
:host > button, section { position: fixed; z-index: 2147483647; bottom: 16px;
  ${/left/.exec(wish.position) ?? "right"}: 16px; box-shadow: 0 0 0 1px #8888, 0 2px 12px #0008 }
:host > button { border: 0; border-radius: 22px; color: #fff; background: #1b5e82;
  background: oklch(from ${wish.accent} min(l, 0.48) min(c, 0.16) h) }
section { ${target ? "position: static" : `width: min(${width}px, 100vw - 32px)`}; bottom: 68px;
  height: min(${height}px, 100vh - 84px); border-radius: 8px; overflow: auto; background: light-dark(#faf8f4, #16181b) }
div { padding: 0 16px 16px; overflow-wrap: anywhere; white-space: pre-line }
iframe { display: block; width: 100%; height: 100%; border: 0 }
div:not([hidden]) + iframe { height: 0 }
@media (max-width: ${target ? 0 : 480}px) { section { inset: 0; width: auto; height: auto; border-radius: 0 } }
@media print { :host { display: none !important } }`);
  root.adoptedStyleSheets = [sheet];
}

function say(...words) {
  text.replaceChildren(...words);
  note.hidden = false;
}

function fail(words) {
  loading = false; // it may be tried again
  say(words, "\n\n", make("a", { href: `${app}/app/`, target: "_blank" }, "Open in a new tab"));
}

const get = (path, credentials) =>
  fetch(app + path, { credentials, signal: AbortSignal.timeout(8000) }).catch(() => {});

async function load() {
  if (loading || ready) return;
  loading = true;
  if (signIn && !(await get("/widget/visitor", "include"))?.ok)
    return fail(`You are not signed in at ${theirs} here. Browsers keep sign-ins out of frames on other sites.`);
  say("Loading …");
  frame = make("iframe", { title: wish.title, allow: "clipboard-write", loading: "lazy", src: address() });
  frame.onload = () => setTimeout(giveUp, 15000); // what is blocked loads too
  panel.replaceChildren(note, frame);
}

function giveUp() {
  if (!ready) fail(`${wish.title} does not answer, or may not be shown here.

Administrators: the page may need Content-Security-Policy: connect-src ${theirs}; frame-src ${theirs}`);
}

function address() {
  const settings = new URLSearchParams({ ...wish, c: kept[app] ?? "", from: origin, float: target ? "" : "1" });
  if (kept[app]) settings.delete("question"); // it has been asked
  const canonical = document.querySelector("link[rel=canonical]") ?? location;
  if (wish.scope === "page") for (const { href } of [canonical, location]) settings.append("page", href);
  return `${app}/app/#${settings}`;
}

function post(message) {
  if (ready) frame.contentWindow?.postMessage(message, theirs);
  else waiting.push(message);
}

addEventListener("message", ({ source, origin, data }) => {
  if (!frame || source !== frame.contentWindow || origin !== theirs) return;
  const kind = data?.newscite;
  if (kind === "ready") begin();
  if (kind === "close") close();
  if (kind === "conversation") keep(app, data.id);
  if (/^(question|answer|problem)$/.test(kind)) emit(kind, data[kind] ?? data.detail);
});

function begin() {
  ready = true;
  if (root.activeElement) focus();
  note.hidden = true;
  waiting.splice(0).forEach(post);
  emit("ready");
}

function focus() {
  panel.focus();
  if (!ready) return;
  frame.focus();
  post({ newscite: "focus" });
}

function show(shown) {
  if (shown) load();
  if (target || shown !== panel.hidden) return;
  if (!shown && root.activeElement) launcher.focus();
  panel.hidden = !shown;
  launcher.ariaExpanded = shown;
  keep(`${app} open`, shown || "");
  emit(shown ? "open" : "close");
}

async function open() {
  if (!(await started)) return;
  show(true);
  focus();
}

function ask(question) {
  if (!question?.trim?.()) return;
  post({ newscite: "ask", question });
  open();
}

function emit(event, detail) {
  root.dispatchEvent(new CustomEvent(event, { detail }));
}

function on(event, hear) {
  const listener = ({ detail }) => hear(detail);
  root.addEventListener(event, listener);
  return () => root.removeEventListener(event, listener);
}

function launch() {
  if (!selected) return panel.hidden ? open() : close();
  ask(/\?$/.test(selected) ? selected : `What is said about “${selected}”?`);
  getSelection().empty();
}

function select() {
  const typed = document.activeElement.matches("input, textarea");
  selected = typed ? "" : `${getSelection()}`.trim().slice(0, 300);
  launcher.textContent = selected ? "Ask about this" : wish.label;
  launcher.hidden = target && !selected;
}

function press(event) {
  const keys = ["ctrl", "alt", "meta"].filter((key) => event[`${key}Key`]);
  keys.push(event.code?.slice(3)); // of "KeyK"
  if (!keys[1] || keys.join("+").toLowerCase() !== wish.shortcut?.toLowerCase()) return;
  event.preventDefault();
  open();
}

async function start() {
  const reply = await get(`/widget/allowed?origin=${origin}`);
  const { refusal, sign_in } = reply?.ok ? await reply.json() : {}; // no answer: the frame is tried
  if (document.readyState === "loading") await new Promise((go) => addEventListener("DOMContentLoaded", go));
  signIn = sign_in;
  target = wish.target && (document.querySelector(wish.target) ?? console.warn(`Newscite: no ${wish.target} here`));
  dress();
  (target || document.documentElement).append(host);
  root.append(launcher, panel);
  panel.role = target ? "region" : "dialog";
  closer.hidden = target;
  launcher.hidden = target || refusal;
  panel.hidden = !launcher.hidden;
  if (refusal) {
    say(refusal);
    panel.style.cssText = "height: auto; top: auto; bottom: 16px";
    return console.warn(refusal);
  }
  addEventListener("keydown", press);
  if ("selection" in wish) document.addEventListener("selectionchange", select);
  addEventListener("focus", () => setTimeout(() => panel.hidden || load(), 500)); // the reader comes back
  if (target || kept[`${app} open`]) show(true);
  return true;
}

const started = start().catch((error) => console.warn("Newscite:", error));
window.Newscite = { open, close, ask, on };
document.dispatchEvent(new Event("newscite"));
})();
