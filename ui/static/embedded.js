// The chat in a frame of somebody else's page: what that page sets in the fragment, and the messages between the two.
// It knows nothing of what the chat shows. Settings count in a frame only: a mere link must not change what the chat
// says to a reader.

/** Whether the page stands in a frame. */
export const framed = window.parent !== window;

const given = fragment();

/** What the page around has set. `from` is its origin: null where there are to be no messages. */
export const settings = Object.freeze({
  from: origin(given.get("from")),
  title: given.get("title")?.trim() || "Newscite",
  greeting: given.get("greeting")?.trim() ?? "",
  accent: given.get("accent") ?? "",
  question: given.get("question")?.trim() ?? "",
  floats: given.get("float") === "1",
  scope: Object.freeze({
    publisher: given.get("publisher") ?? "",
    article: given.get("article") ?? "",
    pages: given.getAll("page"),
    suggestions: given.getAll("suggest").flatMap((each) => each.split("|")).filter((each) => each.trim()),
  }),
});

/** Return the fragment that leads to a conversation, and in a frame keeps what was set. */
export function fragmentOf(conversation) {
  const changed = fragment();
  changed.set("c", conversation);
  return changed.toString();
}

/** Take the opening question out of the address: it has been asked, and is not to be again when the frame is reloaded. */
export function forgetQuestion() {
  if (!framed) return;
  const changed = fragment();
  changed.delete("question");
  history.replaceState(null, "", `#${changed}`);
}

/** Tell the page around that something happened: {newscite: kind, …facts}. */
export function tell(kind, facts = {}) {
  if (settings.from) window.parent.postMessage({ ...facts, newscite: kind }, settings.from);
}

/** Hear the page around: `hears` has a function for each kind of message. All others, from wherever, are ignored. */
export function listen(hears) {
  if (!settings.from) return;
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent || origin !== settings.from) return;
    const kind = data?.newscite;
    if (typeof kind === "string" && Object.hasOwn(hears, kind)) hears[kind](data);
  });
}

function fragment() {
  return new URLSearchParams(framed ? location.hash.slice(1) : "");
}

// An origin as browsers write it, else null: messages go to exactly one.
function origin(text) {
  return text && /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text ? text : null;
}
