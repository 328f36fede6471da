// The evidence panel: beside an answer, a card for every paragraph that it cites. It knows the chips of one answer and
// nothing else about the chat. Articles are hostile: their words become text nodes, never markup.

import { button, element } from "./dom.js";
import { makeCard, numbers } from "./evidence-card.js";
import { citedBy, citedParagraphs, load } from "./evidence-source.js";

const EMPTY = "Click a number in an answer to see where it stands, word for word.";

const ROOM = 12; // pixels above a card that is scrolled to, for its ring
const AFTER_GRADIO = 400; // milliseconds: Gradio scrolls to the end 300 ms after the last words of an answer

const wide = matchMedia("(min-width: 1000px)"); // as in evidence.css: a column, not a sheet
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const cards = new Map(); // what is shown: the key of a cited paragraph → {card, choose}
let panel = null; // {aside, list, status}, made when it is first asked for
let answer = { links: [], ids: [] }; // the one that is shown
let wanted = null; // the chip that was activated and whose card is not there yet
let returnTo = null; // the chip that Esc goes back to
let latest = 0; // responses may overtake each other: only the last one asked for is shown

wide.addEventListener("change", closeSheet);
addEventListener("keydown", (event) => event.key === "Escape" && isSheetOpen() && leave());

/** Show what the chips of one answer cite. `focus` is the chip that was activated: its card gets the focus. */
export async function showEvidence(links, { focus = null } = {}) {
  const paragraphs = citedParagraphs(links);
  const ids = paragraphs.map((paragraph) => paragraph.id);
  if (!focus && isBeingRead() && !answer.ids.every((id) => ids.includes(id))) return; // another answer
  if (!paragraphs.length) return clearEvidence();
  answer = { links: [...links], ids };
  if (focus) {
    wanted = returnTo = focus;
    openSheet(focus);
  }
  const mine = ++latest;
  const missing = paragraphs.filter((paragraph) => !cards.has(keyOf(paragraph)));
  const failure = missing.length ? await addCards(missing, () => mine === latest) : null;
  if (mine !== latest) return;
  const keys = paragraphs.map(keyOf).filter((key) => cards.has(key));
  [...cards.keys()].filter((key) => !keys.includes(key)).forEach((key) => cards.delete(key));
  arrange([...(failure ? [failure] : []), ...keys.map((key) => cards.get(key).card)]);
  if (wanted) goTo(wanted, paragraphs);
  wanted = null;
}

/** Empty the panel: there is no answer yet, or one without citations. */
export function clearEvidence() {
  latest += 1;
  cards.clear();
  answer = { links: [], ids: [] };
  wanted = returnTo = null;
  closeSheet();
  arrange([element("p", { className: "nc-evidence-empty", textContent: EMPTY })]);
}

// -- cards ------------------------------------------------------------------------------------------------------------

function keyOf({ id, stretches, markers }) {
  return JSON.stringify([id, stretches, markers]);
}

/** Load and make cards, for as long as somebody waits for them; return a notice where that failed. */
async function addCards(missing, isCurrent) {
  attached().list.ariaBusy = "true";
  if (!cards.size) arrange([notice("Looking up the paragraphs …")]);
  try {
    const found = await load(missing);
    if (!isCurrent()) return null;
    missing.forEach((one, i) => cards.set(keyOf(one), found[i] ? makeCard(one, found[i], say) : gone(one)));
    return null;
  } catch (error) {
    return failed(error);
  }
}

// Cards that are there already keep their place in the document, and with it the focus and what was opened in them.
function arrange(children) {
  const { list } = attached();
  for (const child of [...list.children]) if (!children.includes(child)) child.remove();
  children.forEach((child, i) => {
    if (list.children[i] !== child) list.insertBefore(child, list.children[i] ?? null);
  });
  list.ariaBusy = "false";
}

function goTo(chip, paragraphs) {
  const { list } = attached();
  const cited = citedBy(chip);
  const paragraph = paragraphs.find(({ id }) => id === cited?.id);
  const made = paragraph && cards.get(keyOf(paragraph));
  const card = made?.card ?? list.firstElementChild; // what could not be loaded says so at the top
  made?.choose(cited.at);
  for (const child of list.children) child.classList.toggle("is-focused", child === card);
  card.focus({ preventScroll: true });
  scrollTo(list, card, card.querySelector("mark.is-focused") ?? card);
}

// Scroll to the top of the card, or as far as it takes to have the quote in view.
function scrollTo(list, card, quote) {
  const place = (child) => child.getBoundingClientRect().top - list.getBoundingClientRect().top + list.scrollTop;
  const fits = quote === card || place(quote) + quote.offsetHeight - place(card) < list.clientHeight;
  const top = fits ? place(card) - ROOM : place(quote) - list.clientHeight / 4;
  list.scrollTo({ top, behavior: calm.matches ? "auto" : "smooth" });
}

// -- the panel --------------------------------------------------------------------------------------------------------

// The chat may draw its page anew, and the slot with it.
function attached() {
  panel ??= makePanel();
  const home = document.getElementById("nc-evidence-slot") ?? document.body;
  if (panel.aside.parentNode !== home) home.append(panel.aside);
  return panel;
}

function makePanel() {
  const status = element("p", { className: "nc-evidence-status", role: "status" });
  const close = button("Close", leave);
  close.className = "nc-evidence-close";
  const header = element("div", { className: "nc-evidence-header" }, element("h2", {}, "Sources"), status, close);
  const list = element("div", { className: "nc-evidence-list" });
  const aside = element("aside", { className: "nc-evidence", ariaLabel: "Sources" }, header, list);
  aside.addEventListener("keydown", (event) => event.key === "Escape" && leave());
  return { aside, list, status };
}

function isBeingRead() {
  return wanted || attached().aside.contains(document.activeElement);
}

function openSheet(chip) {
  if (wide.matches) return;
  document.body.classList.add("nc-sheet-open");
  // Above the sheet: block "nearest" overshoots. Only the messages: in a frame the page around would scroll as well.
  const show = () => chip.scrollIntoView({ block: "start", container: "nearest" });
  show();
  setTimeout(() => isSheetOpen() && show(), AFTER_GRADIO);
}

function isSheetOpen() {
  return document.body.classList.contains("nc-sheet-open");
}

function closeSheet() {
  document.body.classList.remove("nc-sheet-open");
}

function leave() {
  closeSheet();
  const chip = returnTo ?? answer.links[0];
  const alike = (other) => other.href === chip?.href; // the chat may have drawn the answer anew
  (chip?.isConnected ? chip : [...document.querySelectorAll("a.nc-chip")].findLast(alike))?.focus();
}

function say(text) {
  const { status } = attached();
  status.textContent = text;
  setTimeout(() => status.textContent === text && status.replaceChildren(), 4000);
}

// -- what is said instead of a card -----------------------------------------------------------------------------------

function notice(...parts) {
  return element("div", { className: "nc-evidence-card", tabIndex: -1 }, ...parts);
}

function gone(paragraph) {
  const words = element("p", {}, "This paragraph is no longer in the library.");
  return { card: notice(numbers(paragraph), words), choose() {} };
}

function failed({ cause }) {
  const chip = wanted ?? answer.links[0];
  const why = cause ?? "The server could not be reached. Check the connection, then try again.";
  const retry = button("Retry", () => showEvidence(answer.links, { focus: chip }));
  return notice(element("p", {}, `The paragraphs could not be loaded. ${why}`), retry);
}
