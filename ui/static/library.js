// The library page comes to life: the table is searched and sorted, articles are added and removed.
//
// What an article says comes in as text and goes out as text. Addresses are relative to the page.

import { element } from "./dom.js";

const byId = (id) => document.getElementById(id);
const table = byId("articles");
const body = table.tBodies[0];
const removable = table.hasAttribute("data-removable");

// -- rows ---------------------------------------------------------------------------------------------------------

/** What a row is sorted and searched by, read from its cells once. */
const entries = Array.from(body.rows, entry);

function entry(row) {
  const [title, publisher, published, paragraphs, speakers] = row.cells;
  const found = {
    row,
    title: title.textContent,
    publisher: publisher.textContent,
    published: published.querySelector("time")?.dateTime ?? "",
    paragraphs: Number(paragraphs.textContent),
    speakers: speakers.textContent,
  };
  found.sought = folded(`${found.title} ${found.publisher} ${found.speakers}`);
  if (removable) row.append(element("td", {}, removeButton(found)));
  return found;
}

/** Build the row of a listed article as library.html does. */
function rowOf(article) {
  const day = article.published && element("time", { dateTime: article.published }, written(article.published));
  const cells = [article.publisher ?? "", day ?? "", String(article.paragraphs), article.speakers.join(", ")];
  const link = element("a", { href: `p/${encodeURIComponent(article.id)}` }, article.title);
  const row = element("tr", { id: `a-${article.id}` }, element("th", { scope: "row" }, link));
  row.append(...cells.map((cell) => element("td", {}, cell)));
  return row;
}

function written(day) {
  const style = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  return new Date(`${day}T00:00Z`).toLocaleDateString("en-GB", style);
}

function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function put(article) {
  drop(article.id);
  const added = entry(rowOf(article));
  added.row.classList.add("nc-new");
  entries.push(added);
}

function drop(id) {
  const place = entries.findIndex(({ row }) => row.id === `a-${id}`);
  if (place >= 0) entries.splice(place, 1)[0].row.remove();
}

// -- sorting ------------------------------------------------------------------------------------------------------

const KEYS = ["title", "publisher", "published", "paragraphs", "speakers"];
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const heads = Array.from(table.tHead.rows[0].cells);
let sorted = { key: "published", sign: -1 };

function compare(one, other) {
  const [a, b] = [one[sorted.key], other[sorted.key]];
  if (a === "" || b === "") return (a === "") - (b === ""); // what is not known stands last either way
  return sorted.sign * (sorted.key === "paragraphs" ? a - b : collator.compare(a, b));
}

function arrange() {
  entries.sort(compare);
  body.append(...entries.map(({ row }) => row));
}

function sortBy(key) {
  const falling = key === "published" || key === "paragraphs"; // the newest, the longest first
  sorted = { key, sign: sorted.key === key ? -sorted.sign : falling ? -1 : 1 };
  heads.forEach((head, place) => {
    if (KEYS[place] === key) head.ariaSort = sorted.sign > 0 ? "ascending" : "descending";
    else head.removeAttribute("aria-sort");
  });
  arrange();
}

function makeSortable() {
  heads.forEach((head, place) => {
    const button = element("button", { type: "button", onclick: () => sortBy(KEYS[place]) }, head.textContent);
    head.replaceChildren(button);
  });
  const unseen = element("span", { className: "nc-unseen" }, "Remove");
  if (removable) table.tHead.rows[0].append(element("th", { scope: "col" }, unseen));
}

// -- searching ----------------------------------------------------------------------------------------------------

const filter = byId("filter");
let telling = 0;

function search() {
  const words = folded(filter.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { row, sought } of entries) {
    row.hidden = !words.every((word) => sought.includes(word));
    shown += !row.hidden;
  }
  byId("empty").hidden = entries.length > 0;
  byId("list").hidden = entries.length === 0;
  clearTimeout(telling);
  telling = setTimeout(() => (byId("shown").textContent = counted(shown)), 200); // not at every letter
}

function counted(shown) {
  const all = `${entries.length.toLocaleString("en")} ${entries.length === 1 ? "article" : "articles"}`;
  return shown === entries.length ? all : `${shown.toLocaleString("en")} of ${all}`;
}

function tell(what) {
  byId("status").textContent = what;
}

// -- removing -----------------------------------------------------------------------------------------------------

let doomed = null;

function removeButton(found) {
  const button = element("button", { type: "button", className: "nc-remove", ariaLabel: `Remove ${found.title}` }, "Remove");
  button.addEventListener("click", () => {
    doomed = found;
    byId("confirm-title").textContent = found.title;
    byId("confirm").showModal();
  });
  return button;
}

async function remove(found) {
  const id = found.row.id.slice("a-".length);
  try {
    const reply = await fetch(`api/articles/${encodeURIComponent(id)}`, { method: "DELETE" });
    if (!reply.ok && reply.status !== 404) throw new Error(await problem(reply)); // 404: somebody was faster
  } catch (error) {
    tell(`“${found.title}” was not removed. ${reason(error)}`);
    return;
  }
  const next = neighbour(found.row);
  drop(id);
  search();
  tell(`“${found.title}” was removed.`);
  (next?.querySelector(".nc-remove") ?? byId("add").querySelector("summary")).focus();
}

/** Return the visible row after this one, else the one before it. */
function neighbour(row) {
  for (const way of ["nextElementSibling", "previousElementSibling"]) {
    let other = row[way];
    while (other?.hidden) other = other[way];
    if (other) return other;
  }
  return null;
}

function makeRemovable() {
  const dialog = byId("confirm");
  byId("keep").addEventListener("click", () => dialog.close());
  byId("remove").addEventListener("click", () => {
    dialog.close();
    remove(doomed);
  });
}

// -- adding -------------------------------------------------------------------------------------------------------

function makeAddable() {
  const form = byId("add-form");
  const files = byId("files");
  byId("add").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add(form);
  });
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    byId("drop").classList.add("nc-over");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) byId("drop").classList.remove("nc-over");
  });
  addEventListener("drop", (event) => {
    byId("drop").classList.remove("nc-over");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault(); // else the browser leaves the page for the file
    files.files = event.dataTransfer.files;
    byId("add").open = true;
    files.focus();
  });
}

async function add(form) {
  if (!byId("address").value.trim() && !byId("files").files.length && !byId("text").value.trim()) {
    tell("There is nothing to add yet. Give a web address, choose a file, or paste a text.");
    byId("address").focus();
    return;
  }
  begin();
  const send = form.querySelector("button");
  send.ariaDisabled = "true"; // not `disabled`, which would lose the focus
  try {
    const reply = await fetch("api/articles", { method: "POST", body: new FormData(form) });
    if (!reply.ok) throw new Error(await problem(reply));
    let last = {};
    for await (last of events(reply.body)) HEARD[last.name]?.(last.data);
    if (last.name === "done") empty(form, last.data);
    else if (last.name !== "error") throw new Error("The connection broke off. Reload the page to see what came in.");
  } catch (error) {
    tell(reason(error));
  } finally {
    send.ariaDisabled = null;
    byId("adding").hidden = true;
  }
}

/** Empty the form, but for the address of a feed that has more. */
function empty(form, { left }) {
  const address = byId("address").value;
  form.reset();
  if (left) byId("address").value = address;
}

function begin() {
  tell("");
  byId("results").replaceChildren();
  byId("adding").hidden = false;
  byId("step").textContent = "Sending …";
  byId("bar").removeAttribute("value");
}

const HEARD = {
  progress({ what, done, total }) {
    byId("step").textContent = `${done} of ${total}: ${what}`;
    byId("bar").max = total;
    if (done < total) byId("bar").value = done;
    else byId("bar").removeAttribute("value"); // how many a file holds is known when it has been read
  },
  file({ name, status, id, title, reason, replaced }) {
    if (status === "left") return; // a feed may name hundreds: they are counted in the end
    const words = id ? element("a", { href: `p/${encodeURIComponent(id)}`, dir: "auto" }, title || name) : reason ?? name;
    const from = id && name !== title ? element("span", { className: "nc-from" }, `from ${name}`) : "";
    byId("results").append(element("li", { className: `nc-${status}` }, element("strong", {}, status), " ", words, " ", from));
    if (replaced) drop(replaced);
  },
  done({ articles, ...counts }) {
    articles.forEach(put);
    if (articles.length) filter.value = ""; // so that what came in is to be seen
    arrange();
    search();
    const ended = Object.entries(counts).filter(([, count]) => count).map(([status, count]) => `${count} ${status}`);
    const more = counts.left ? " Add the feed’s address once more for the next." : "";
    tell(`${ended.join(", ") || "Nothing was there to add"}.${more}`);
  },
  error({ detail }) {
    tell(`${detail} What is listed as added stays. Reload the page to see it.`);
  },
};

/** Yield the server-sent events of a body; EventSource cannot send anything. */
async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const whole = (rest + part.value).split("\n\n");
    rest = whole.pop();
    for (const event of whole) {
      const name = /^event: (.*)$/m.exec(event);
      const data = /^data: (.*)$/m.exec(event);
      if (name && data) yield { name: name[1], data: JSON.parse(data[1]) };
    }
  }
}

// -- errors -------------------------------------------------------------------------------------------------------

/** Return what a refused request says: what happened, and what to do. */
async function problem(reply) {
  try {
    const { detail } = await reply.json();
    if (typeof detail === "string") return detail;
  } catch {
    // A proxy in between may answer in HTML.
  }
  return `The server answered ${reply.status}. Try again later.`;
}

function reason(error) {
  return error instanceof TypeError ? "The server cannot be reached. Try again when it can." : error.message;
}

// -- and so it begins ---------------------------------------------------------------------------------------------

makeSortable();
byId("tools").hidden = false;
filter.addEventListener("input", search);
search();
if (removable) {
  makeRemovable();
  makeAddable();
}
