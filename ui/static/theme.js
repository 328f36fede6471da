// Light, dark, or as the system has it: reads the choice, sets the class `dark` (or `light`) on <html> and <body>, and
// makes the button that changes it. A classic script in <head>, so that the first paint is right already.
//
// Every `.nc-theme` on the page gets a button when the page has been read; whoever builds a header later calls
// `newsciteTheme.fill(element)`. Without JavaScript there is no button, and the system's choice holds. In a frame the
// page around chooses, by `theme` in the fragment, and nothing is stored.

"use strict";

const newsciteTheme = (() => {
  const KEY = "newscite-theme";
  const CHOICES = ["system", "light", "dark"];
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
  const framed = window.parent !== window; // this and the fragment as embedded.js has them, which is a module: too late
  let choice = framed ? given() : read();

  function given() {
    const theme = new URLSearchParams(location.hash.slice(1)).get("theme");
    return CHOICES.includes(theme) ? theme : "system";
  }

  // Storage may be blocked, in a frame or by the reader: then the choice holds until the page is left.
  function read() {
    try {
      const kept = localStorage.getItem(KEY);
      return CHOICES.includes(kept) ? kept : "system";
    } catch {
      return "system";
    }
  }

  function keep() {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // It holds on this page.
    }
  }

  function isDark() {
    return choice === "dark" || (choice === "system" && systemIsDark.matches);
  }

  function paint(element) {
    element.classList.toggle("dark", isDark());
    element.classList.toggle("light", !isDark());
  }

  function apply() {
    paint(document.documentElement);
    if (document.body) paint(document.body);
    document.querySelectorAll(".nc-theme button").forEach(name);
  }

  function name(button) {
    button.firstChild.textContent = "Theme: ";
    button.lastChild.textContent = choice;
    button.title = `Change to ${following()}`;
  }

  function following() {
    return CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
  }

  function fill(element) {
    if (element.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(document.createElement("span"), document.createElement("span"));
    button.addEventListener("click", () => {
      choice = following();
      keep();
      apply();
    });
    name(button);
    element.append(button);
  }

  // Gradio sets `dark` on <body> by the system's preference when it starts; the reader's choice stands above that.
  function defend() {
    new MutationObserver(() => {
      if (document.body.classList.contains("dark") !== isDark()) paint(document.body);
    }).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  }

  apply();
  systemIsDark.addEventListener("change", apply);
  addEventListener("storage", (event) => {
    if (event.key !== KEY || framed) return;
    choice = read();
    apply();
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".nc-theme").forEach(fill);
    apply();
    defend();
  });

  return { fill };
})();
