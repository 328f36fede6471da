// Elements made of text: nothing here reads HTML.

/** Return a new element with these properties and children; strings become text. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Return a button; `label` names it where its text alone does not. */
export function button(text, onclick, label = text) {
  return element("button", { type: "button", textContent: text, title: label === text ? "" : label, ariaLabel: label, onclick });
}
