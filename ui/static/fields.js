// Gradio's fields, written and read as a person would: it hears of a value by the event.

/** Return the field in one of Gradio's components; null before it is there. */
export function field(selector) {
  return document.querySelector(`${selector} :is(textarea, input)`);
}

/** Write into a field. */
export function write(selector, value) {
  const written = field(selector);
  written.value = value;
  written.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Do something as soon as something is so: what Gradio writes into a field is no event. */
export function soon(isSo, then) {
  const waiting = setInterval(() => {
    if (!isSo()) return;
    clearInterval(waiting);
    then();
  }, 40);
}
