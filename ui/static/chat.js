// The chat page around Gradio's components: the header, which conversation is open, what a click on a citation does,
// and what Gradio's own buttons get wrong for our messages. All that is shown of an article comes in as text. In a
// frame of another page, frame.js changes how it looks, and host.js is between it and that page.

import { copied } from "./clipboard.js";
import { openConversations, remember } from "./conversations.js";
import { button, element } from "./dom.js";
import { fragmentOf, framed, settings } from "./embedded.js";
import { clearEvidence, showEvidence } from "./evidence.js";
import { field, soon, write } from "./fields.js";
import { framedHeader, leadTo, nameDocument, showNotice, startFrame } from "./frame.js";
import { enterConversation, isAsking, leaveConversation, startHost } from "./host.js";

const WIDE = matchMedia("(min-width: 1000px)");

// -- the header: as templates/base.html has it ------------------------------------------------------------------------

function header() {
  const current = element("a", { href: "../app/", textContent: "Chat" });
  current.setAttribute("aria-current", "page");
  const nav = element(
    "nav",
    { ariaLabel: "Pages" },
    current,
    element("a", { href: "../library", textContent: "Library" }),
    element("a", { href: "../api/", textContent: "API" }),
  );
  const theme = element("div", { className: "nc-theme" });
  newsciteTheme.fill(theme);
  const tools = element(
    "div",
    { className: "nc-page-tools" },
    button("New", () => open(newId()), "New conversation"),
    button("Conversations", () => openConversations(currentId(), (id) => open(id || newId()))),
    theme,
  );
  return element(
    "header",
    { className: "nc-header" },
    element("h1", { className: "nc-title" }, element("a", { className: "nc-name", href: "../app/", textContent: "Newscite" })),
    nav,
    tools,
  );
}

// -- the conversation, in the page's fragment -------------------------------------------------------------------------

function currentId() {
  return new URLSearchParams(location.hash.slice(1)).get("c") ?? "";
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(18)); // 144 bits, 24 characters
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

function open(id) {
  if (id === currentId()) return;
  const hash = `#${fragmentOf(id)}`;
  if (framed) location.replace(new URL(hash, location.href)); // going back is the way of the page around
  else location.hash = hash; // hashchange does the rest
}

function change() {
  document.querySelector("#nc-question .stop-button")?.click(); // its answer belongs to the conversation that is left
  clearEvidence();
  shown = "";
  show();
}

let opened = 0; // how many conversations this page has shown

/** Have the present conversation shown, and let no question come before that. */
function show() {
  opened += 1;
  if (framed) showFramed();
  write("#nc-conversation", currentId());
  write("#nc-opened", `opened ${opened}`);
}

/** Say what the page around restricts questions to; tell it where the chat goes, and when it is there. */
function showFramed() {
  const [id, turn] = [currentId(), opened];
  write("#nc-scope", JSON.stringify(settings.scope));
  leadTo(id);
  leaveConversation(id);
  soon(
    () => turn !== opened || (said() === `opened ${turn}` && !isAsking()),
    () => turn === opened && enterConversation(id, turn === 1),
  );
}

/** Return what Gradio says of itself in its hidden field: "ready", or which conversation it shows. */
function said() {
  return field("#nc-ready")?.value;
}

/** Hold back a question that comes while another conversation is being opened: it would be drawn over. */
function hold(event) {
  if (said() === `opened ${opened}`) return;
  const pressed = event.target.closest?.("#nc-question .submit-button, #nc-history .example");
  const entered = event.key === "Enter" && !event.shiftKey && event.target.closest?.("#nc-question");
  if (event.type === "click" ? !pressed : !entered) return;
  event.preventDefault();
  event.stopPropagation();
}

/** Show it anew where going back has restored the frame as it was left: on other pages the conversation went on. */
function showAgain(event) {
  if (framed && event.persisted) change();
}

/** Take the reader to the question box, but on a telephone open no keyboard unasked, and leave no page for a frame. */
function focusQuestion() {
  if (!framed && WIDE.matches && document.activeElement === document.body) field("#nc-question").focus();
}

// -- messages ---------------------------------------------------------------------------------------------------------

/** Return the chips of an answer's own citations or nearest paragraphs, in their order. */
function chips(answer) {
  return [...answer.querySelectorAll("a.nc-chip")];
}

/** Name for a screen reader what Gradio leaves nameless or names by its source text. */
function label(root) {
  for (const message of root.querySelectorAll("[data-testid=user], [data-testid=bot]")) {
    const speaker = message.dataset.testid === "user" ? "You" : "Newscite";
    if (message.ariaLabel !== speaker) Object.assign(message, { role: "group", ariaLabel: speaker });
  }
  for (const chip of root.querySelectorAll("a.nc-chip:not(.nc-near)")) {
    const text = `Source ${chip.textContent}: ${chip.title}`;
    if (chip.ariaLabel !== text) chip.ariaLabel = text;
  }
  root.querySelector(".examples[role=list]")?.setAttribute("role", "group"); // a list must not have buttons in it
  for (const edited of root.querySelectorAll("textarea.edit-textarea:not([data-nc])")) {
    edited.dataset.nc = "";
    edited.ariaLabel = "Edit your question";
    edited.value = plain(edited.value);
    edited.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** Return a question as it was typed: its message has punctuation as numbers (ui/message.py). */
function plain(text) {
  return text.replace(/&#(\d{2,3});/g, (_, code) => String.fromCharCode(code));
}

function labelQuestion() {
  const names = { ".submit-button": "Ask", ".stop-button": "Stop" };
  for (const [selector, name] of Object.entries(names)) {
    const found = document.querySelector(`#nc-question ${selector}`);
    if (found && found.ariaLabel !== name) Object.assign(found, { ariaLabel: name, title: name });
  }
}

let shown = ""; // which answer the panel was last filled with, unasked

/** On a wide screen the sources of the newest answer stand beside it at once. */
function accompany(history) {
  const answers = history.querySelectorAll(".nc-answer");
  const links = answers.length ? chips(answers[answers.length - 1]) : [];
  if (answers.length) remember(currentId());
  const key = links.map((link) => link.href).join(" ");
  if (key === shown) return;
  shown = key;
  if (!answers.length) clearEvidence();
  else if (links.length && WIDE.matches) showEvidence(links);
}

function onClick(event) {
  const chip = event.target.closest?.("a.nc-chip");
  if (chip && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    event.stopPropagation();
    showEvidence(chips(chip.closest(".nc-answer")), { focus: chip });
    return;
  }
  if (event.target.closest?.("#nc-question .stop-button")) takeBack();
  const copying = event.target.closest?.("#nc-history button[title='Copy message']");
  if (copying) {
    event.preventDefault();
    event.stopPropagation();
    copy(copying);
  }
}

/** Enter sends an edited question, as it does a new one: Gradio wants its tick pressed. */
function onEnterInEdit(event) {
  if (event.key !== "Enter" || event.shiftKey || !event.target.matches?.("textarea.edit-textarea")) return;
  event.preventDefault();
  event.target.closest(".message-row").querySelector("button[title='Submit']")?.click();
}

/** A question that is stopped before anything answers it is not lost: it goes back into the box. */
function takeBack() {
  if (!document.querySelector("#nc-history .nc-waiting")) return;
  const asked = [...document.querySelectorAll("#nc-history [data-testid=user]")].at(-1);
  write("#nc-question", asked.innerText.trim());
}

/** Copy a message as it reads, an answer with the list of its sources: Gradio would copy the HTML. */
async function copy(copying) {
  const message = copying.closest(".message-row").querySelector("[data-testid=user], [data-testid=bot]");
  if (!(await copied(asText(message.querySelector(".nc-answer") ?? message)))) return;
  copying.classList.add("nc-copied");
  setTimeout(() => copying.classList.remove("nc-copied"), 1500);
}

function asText(message) {
  const text = message.cloneNode(true);
  const sources = new Map();
  for (const chip of text.querySelectorAll("a.nc-chip:not(.nc-near)")) {
    const place = new URL(chip.getAttribute("href"), document.baseURI);
    sources.set(chip.textContent, `[${chip.textContent}] ${chip.title}, ¶${place.hash.slice(2)}: ${place}`);
    chip.textContent = `[${chip.textContent}]`;
  }
  const blocks = [...text.querySelectorAll(".nc-answer p, .nc-answer li")].map((block) => block.textContent.trim());
  return [...(blocks.length ? blocks : [text.textContent.trim()]), ...sources.values()].join("\n\n");
}

// -- the beginning ----------------------------------------------------------------------------------------------------

function observe() {
  let waiting = false;
  const look = () => {
    waiting = false;
    const history = document.querySelector("#nc-history");
    if (!history) return;
    label(history);
    labelQuestion();
    accompany(history);
    if (framed) showNotice();
  };
  new MutationObserver(() => {
    if (!waiting) requestAnimationFrame(look);
    waiting = true;
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}

if (framed) startFrame();
document.body.prepend(framed ? framedHeader(() => open(newId())) : header());
clearEvidence();
document.addEventListener("click", onClick, { capture: true });
document.addEventListener("keydown", onEnterInEdit, { capture: true });
if (!currentId()) history.replaceState(null, "", `#${fragmentOf(newId())}`);
observe();
if (framed) startHost();
addEventListener("keydown", hold, { capture: true });
addEventListener("click", hold, { capture: true });
soon(
  () => said() === "ready" && ["#nc-conversation", "#nc-opened", "#nc-scope"].every(field),
  () => {
    if (framed) nameDocument();
    show();
    addEventListener("hashchange", change);
    addEventListener("pageshow", showAgain);
    soon(() => said() === "opened 1", focusQuestion);
  },
);
