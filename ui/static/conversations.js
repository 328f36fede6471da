// The dialog that lists conversations: open, export, delete. Ids travel in headers, never in an address.

import { button, element } from "./dom.js";

const KEY = "newscite-conversations";
const MOST = 100; // of the ids that a browser remembers

/** Return the ids that this browser has used, the newest first: storage may be blocked. */
function known() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => /^[\w-]{22,64}$/.test(id)) : [];
  } catch {
    return [];
  }
}

function keep(ids) {
  try {
    localStorage.setItem(KEY, JSON.stringify(ids.slice(0, MOST)));
  } catch {
    // Then the address of the page is the only way back to a conversation.
  }
}

/** Remember a conversation in this browser. */
export function remember(id) {
  if (id && known()[0] !== id) keep([id, ...known().filter((other) => other !== id)]);
}

function forget(id) {
  keep(known().filter((other) => other !== id));
}

async function ask(method, path, headers) {
  const response = await fetch(`../api/${path}`, { method, headers });
  if (!response.ok) throw new Error((await response.json().catch(() => null))?.detail ?? response.statusText);
  return response;
}

/** Show the conversations that this reader may see; `open(id)` is called with the one that is chosen. */
export async function openConversations(current, open) {
  const status = element("p", { className: "nc-status", role: "status", textContent: "Looking …" });
  const list = element("ul");
  const close = button("Close", () => dialog.close());
  const title = element("h2", { textContent: "Conversations" });
  const dialog = element("dialog", { className: "nc-dialog" }, title, status, list, close);
  dialog.ariaLabel = "Conversations";
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  await fill(list, status, current, (id) => {
    dialog.close();
    open(id);
  });
}

async function fill(list, status, current, open) {
  try {
    const ids = [...new Set([current, ...known()])].filter(Boolean);
    const found = await (await ask("GET", "conversations", { "Newscite-Conversations": ids.join(", ") })).json();
    list.replaceChildren(...found.map((one) => row(one, current, open, status)));
    status.textContent = found.length ? "" : "There are none yet. A conversation is kept from its first answer on.";
  } catch (error) {
    status.textContent = `They could not be listed: ${error.message}`;
  }
}

function row(conversation, current, open, status) {
  const { id, title, turns, updated } = conversation;
  const link = element("a", { href: `#c=${id}`, textContent: title, dir: "auto" });
  if (id === current) link.setAttribute("aria-current", "true");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    open(id);
  });
  const day = new Date(updated).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  const facts = element("small", { textContent: `${turns} question${turns === 1 ? "" : "s"} · ${day}` });
  const made = element("li", {}, link, facts);
  const actions = element("span", { className: "nc-actions" });
  const offer = () =>
    actions.replaceChildren(
      button("Export", () => save(conversation, status), `Export “${title}” as Markdown`),
      button("Delete", confirm, `Delete “${title}”`),
    );
  const confirm = () => {
    const go = () => remove(made, conversation, current, open, status);
    const sure = button("Delete for good", go, `Delete “${title}” for good`);
    actions.replaceChildren(sure, button("Keep", offer, `Keep “${title}”`));
    sure.focus();
  };
  offer();
  made.append(actions);
  return made;
}

async function save({ id, title }, status) {
  try {
    const text = await (await ask("GET", "conversation/export", { "Newscite-Conversation": id })).blob();
    const address = URL.createObjectURL(text);
    element("a", { href: address, download: `${title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60).replace(/^-|-$/g, "") || "conversation"}.md` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    status.textContent = `“${title}” is saved.`;
  } catch (error) {
    status.textContent = `It could not be exported: ${error.message}`;
  }
}

async function remove(made, { id, title }, current, open, status) {
  try {
    await ask("DELETE", "conversation", { "Newscite-Conversation": id });
    forget(id);
    const next = made.nextElementSibling ?? made.previousElementSibling;
    made.remove();
    status.textContent = `“${title}” is deleted.`;
    (next?.querySelector("a") ?? status.parentElement.querySelector("button:last-child")).focus();
    if (id === current) open("");
  } catch (error) {
    status.textContent = `It could not be deleted: ${error.message}`;
  }
}
