// What the page around the chat hears of it, and the questions that it asks. They go the way of one that is typed, one
// after the other. What was said in a conversation before it was opened is no news.

import { forgetQuestion, listen, settings, tell } from "./embedded.js";
import { field, soon, write } from "./fields.js";

const AGAIN = 500; // milliseconds after which to look whether Gradio has taken a question, which it does not while busy

const questions = []; // that wait for their turn
let conversation = ""; // the one that is open; "" while it is being opened
let sending = null; // {question} of the page around that is on its way: nothing shows yet that it was taken
let asking = false; // an answer grows
let stopped = false; // by the reader: what is there then is no answer
let complaint = null; // the last of Gradio's own complaints that was told

/** Hear the page around, and watch what is asked here. */
export function startHost() {
  listen({
    ask: ({ question }) => ask(question),
    focus: () => soon(() => conversation, () => field("#nc-question").focus()),
  });
  addEventListener("click", (event) => (stopped ||= Boolean(event.target.closest?.(".stop-button"))), { capture: true });
  // Not by animation frames, of which there are none while the page around hides the frame.
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}

/** Another conversation is being opened. */
export function leaveConversation(next) {
  conversation = "";
  sending = null;
  asking = false;
  tell("conversation", { id: next });
}

/** A conversation is open: it takes questions, the first one the opening question if nothing was said there. */
export function enterConversation(id, isFirst) {
  conversation = id;
  if (isFirst) {
    tell("ready");
    if (!document.querySelector("#nc-history [data-testid=user]")) ask(settings.question);
    forgetQuestion();
  }
  askNext();
}

/** Tell whether an answer grows. */
export function isAsking() {
  return Boolean(document.querySelector("#nc-history .nc-waiting, #nc-question .stop-button"));
}

// -- asking -----------------------------------------------------------------------------------------------------------

function ask(question) {
  if (typeof question !== "string" || !question.trim()) return;
  questions.push(question.trim());
  askNext();
}

function askNext() {
  if (!conversation || sending || asking || !questions.length) return;
  const draft = field("#nc-question").value; // the reader's own, which comes back
  send((sending = { question: questions.shift() }));
  if (draft) soon(() => !field("#nc-question").value, () => write("#nc-question", draft));
}

function send(sent) {
  if (sent !== sending) return;
  if (!isBusy()) {
    write("#nc-question", sent.question);
    document.querySelector("#nc-question .submit-button")?.click();
  }
  setTimeout(send, AGAIN, sent);
}

// With an answer, or with a question that it has taken and the server has not.
function isBusy() {
  return Boolean(document.querySelector("#nc-history [data-testid=status-tracker]:not(.hide)"));
}

// -- telling ----------------------------------------------------------------------------------------------------------

function look() {
  if (!conversation) return;
  complain();
  if (isAsking() === asking) return;
  asking = !asking;
  if (asking) begun();
  else ended();
}

function begun() {
  sending = null;
  stopped = false;
  const asked = [...document.querySelectorAll("#nc-history [data-testid=user]")].at(-1);
  tell("question", { question: asked.innerText.trim() });
}

async function ended() {
  const problem = document.querySelector("#nc-history .nc-problem");
  if (problem) tell("problem", { detail: problem.textContent.trim() });
  else if (!stopped && settings.from) await tellAnswer(conversation);
  askNext();
}

async function tellAnswer(id) {
  try {
    const response = await fetch("../api/conversation", { headers: { "Newscite-Conversation": id } });
    const { turns, detail } = await response.json();
    if (id !== conversation) return;
    if (response.ok) tell("answer", { answer: turns.at(-1).answer });
    else tell("problem", { detail });
  } catch {
    tell("problem", { detail: "The answer is shown, but could not be read again." });
  }
}

// Gradio says by itself that a queue is full or that there is no connection.
function complain() {
  const said = document.querySelector(".toast-body.error");
  if (!said || said === complaint) return;
  complaint = said;
  sending = null;
  tell("problem", { detail: (said.querySelector("[data-testid=toast-text]") ?? said).innerText.trim() });
}
