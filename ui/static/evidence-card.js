// The card of one cited paragraph: the paragraph with the quoted words marked, who says them, where they stand, and
// what can be asked for: the paragraphs around, the article, the citation as text.

import { copied } from "./clipboard.js";
import { button, element } from "./dom.js";
import { articlePage, loadOther, permalink } from "./evidence-source.js";

const INFERRED = {
  pronoun: "from a pronoun",
  role: "from a role",
  "running quotation": "the quotation runs on",
  carried: "from the paragraphs before",
};
const LABELLED = /^[^\p{L}\p{N}]*(correct|clarif|errat|amend|update|editor|note)/iu;
const COPIES = { markdown: "Markdown", text: "Plain text", mediawiki: "Wikipedia" };

/** Make a card of what the API says of each stretch. Returns {card, choose}: `choose(at)` puts one stretch first. */
export function makeCard(paragraph, entries, say) {
  const entry = entries[0];
  let chosen = null;
  const words = marked(entry.text, paragraph.stretches);
  const cited = element("p", { className: "nc-evidence-cited", dir: "auto" }, ...words);
  const text = element("div", {}, cited);
  const speakers = element("div", { className: "nc-evidence-speakers" });
  const original = link("", "Open original", { target: "_blank", rel: "noopener noreferrer" });
  const card = element("article", { className: "nc-evidence-card", tabIndex: -1, ariaLabel: nameOf(paragraph, entry) });

  function choose(at) {
    const now = entries[Math.max(0, paragraph.stretches.indexOf(at))];
    for (const mark of cited.querySelectorAll("mark")) {
      mark.classList.toggle("is-focused", mark.dataset.at.split(" ").includes(at));
    }
    if (now === chosen) return;
    chosen = now;
    speakers.replaceChildren(...speakerLines(now, say));
    const address = webAddress(now.citation?.link) ?? webAddress(now.url);
    original.hidden = !address;
    original.href = address ?? "";
  }

  choose(paragraph.stretches[0]);
  card.append(
    element("p", { className: "nc-evidence-place" }, numbers(paragraph), ...place(entry)),
    element("h3", {}, element("bdi", {}, entry.title)),
    ...entry.corrections.map(correction),
    speakers,
    entry.newest ? "" : changed(paragraph),
    outward(entry, -1, (other) => text.prepend(other), say),
    text,
    outward(entry, +1, (other) => text.append(other), say),
    alsoIn(entry),
    element("p", { className: "nc-evidence-links" }, link(permalink(paragraph), "Open in article"), original),
    chosen.copy ? copyButtons((form) => chosen.copy[form], say) : "",
  );
  return { card, choose };
}

function nameOf({ markers }, { title, number }) {
  return `${markers.length ? `Source ${markers.join(", ")}: ` : ""}${title}, ¶${number}`;
}

// Cut the text where a stretch begins or ends. Offsets count code points, JavaScript's strings count UTF-16 units.
function marked(text, stretches) {
  const points = Array.from(text);
  const spans = stretches.filter(Boolean).map((at) => [at, ...at.split("-").map(Number)]);
  const edges = spans.flatMap(([, start, end]) => [start, end]);
  const cuts = [...new Set([0, points.length, ...edges])].sort((a, b) => a - b);
  return cuts.slice(1).map((end, i) => {
    const piece = points.slice(cuts[i], end).join("");
    const over = spans.filter(([, from, to]) => from <= cuts[i] && end <= to).map(([at]) => at);
    return over.length ? mark(piece, over) : piece;
  });
}

function mark(piece, stretches) {
  const made = element("mark", {}, piece);
  made.dataset.at = stretches.join(" ");
  return made;
}

/** Return the numbers by which an answer cites a paragraph. */
export function numbers({ markers }) {
  const made = markers.map((marker) => element("span", { className: "nc-evidence-marker" }, marker));
  return element("span", { className: "nc-evidence-markers" }, ...made);
}

function place({ publisher, published, number, of, page, opinion }) {
  const day = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  const written = published && new Date(published).toLocaleDateString("en-GB", day);
  return [
    opinion ? element("strong", { className: "nc-evidence-opinion" }, "Opinion") : "",
    publisher ? element("bdi", {}, publisher) : "",
    published ? element("time", { dateTime: published }, written) : "",
    element("span", {}, `¶ ${number} of ${of}${page ? `, p. ${page}` : ""}`),
  ];
}

// What the publisher corrected, in the publisher's words: most begin with "Correction" themselves.
function correction(text) {
  const label = LABELLED.test(text) ? [] : [element("strong", {}, "Correction: ")];
  return element("p", { className: "nc-evidence-changed" }, ...label, element("bdi", {}, text));
}

// The other articles that are one text with this one, by their publishers: one source, though it may look like several.
function alsoIn({ copies, publisher }) {
  if (!copies.length) return "";
  const publishers = [publisher, ...copies.map((copy) => copy.publisher)];
  const links = copies.map(({ article_id: id, publisher: name, title }) => {
    const isTelling = name && publishers.filter((each) => each === name).length === 1;
    return link(articlePage(id), isTelling ? name : title, { title, dir: "auto" });
  });
  const parted = links.flatMap((each, place) => (place ? [", ", each] : [each]));
  return element("p", { className: "nc-evidence-also" }, "Also in: ", ...parted);
}

// Who says the chosen words; where no words are chosen, who speaks in the paragraph.
function speakerLines(entry, say) {
  const { speaker: name, speaker_how: how, speaker_from: from } = entry.citation ?? {};
  const saying = name ? [{ name, how, from, inferred: how !== "named" }] : [];
  return (entry.citation ? saying : entry.speakers).map((speaker) =>
    element("div", {}, element("bdi", {}, speaker.name), ...(speaker.inferred ? inference(entry, speaker, say) : [])),
  );
}

function inference(entry, { how, from }, say) {
  const why = element("span", { className: "nc-evidence-inferred" }, `inferred: ${INFERRED[how] ?? how}`);
  if (!from || from === entry.number) return [why];
  let naming = null;
  const toggle = button(`named in ¶${from}`, unlessBusy(async () => {
    naming ??= await otherParagraph(entry, from, say);
    if (naming?.isConnected) naming.remove();
    else if (naming) toggle.after(naming);
    toggle.ariaExpanded = String(Boolean(naming?.isConnected));
  }));
  toggle.ariaExpanded = "false";
  return [why, toggle];
}

// A button that shows the paragraph before (or after), then the one before that, and so on to the article's edge.
function outward(entry, step, put, say) {
  let next = entry.number + step;
  const more = button("", unlessBusy(async () => {
    const paragraph = await otherParagraph(entry, next, say);
    if (!paragraph) return;
    const hadFocus = document.activeElement === more;
    put(paragraph);
    say(`¶${next} is shown.`);
    next += step;
    label();
    if (more.hidden && hadFocus) paragraph.focus();
  }));
  function label() {
    more.textContent = `Show ¶${next}`;
    more.hidden = next < 1 || next > entry.of;
  }
  more.className = `nc-evidence-more ${step < 0 ? "is-before" : "is-after"}`;
  label();
  return more;
}

async function otherParagraph(entry, number, say) {
  const found = await loadOther(entry, number);
  if (!found) return say(`¶${number} could not be loaded.`);
  const where = element("span", { className: "nc-evidence-number" }, `¶${number}`);
  return element("p", { className: "nc-evidence-other", tabIndex: -1 }, where, " ", element("bdi", {}, found.text));
}

function unlessBusy(act) {
  let busy = false;
  return async () => {
    if (busy) return;
    busy = true;
    await act();
    busy = false;
  };
}

function changed({ article }) {
  const newest = link(articlePage(article), "Read the newest version");
  return element("p", { className: "nc-evidence-changed" }, "The article has changed since. ", newest);
}

function copyButtons(written, say) {
  const copy = async (form) => say((await copied(written(form))) ? "Copied" : "The browser does not allow copying.");
  const buttons = Object.entries(COPIES).map(([form, name]) => button(name, () => copy(form)));
  const group = { className: "nc-evidence-copy", role: "group", ariaLabel: "Copy the citation" };
  return element("div", group, element("span", {}, "Copy as"), ...buttons);
}

function link(href, textContent, properties = {}) {
  return element("a", { href, textContent, ...properties });
}

// An address as it stands where it leads to the web, else null: `javascript:` is an address too.
function webAddress(text) {
  return text && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : null;
}
