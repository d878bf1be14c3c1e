// Asking: the answer as it comes, its citations, what it looked at, what it cost.

import { events } from "./api.js";
import { byID, make, number, percent, seconds, show } from "./parts.js";
import { drawStrip } from "./strip.js";

let current = null;
let scope = null;

export function startAsking(openDocument) {
  byID("ask-form").addEventListener("submit", (event) => {
    event.preventDefault();
    ask(openDocument);
  });
  byID("stop-button").addEventListener("click", () => current?.abort());
}

/// Limits questions to one document, or to none.
export function setScope(collection, id) {
  scope = id ? { collection, id } : null;
  const line = byID("scope");
  line.replaceChildren();
  show(line, scope !== null);
  if (!scope) return;
  const all = make("button", { type: "button", className: "link", textContent: "Ask all documents" });
  all.addEventListener("click", () => {
    setScope(null, null);
    byID("question").focus();
  });
  line.append(`Only “${id}” is asked. `, all);
  byID("collection").value = collection;
  byID("question").focus();
}

async function ask(openDocument) {
  const question = byID("question").value.trim();
  if (!question) return;
  current?.abort();
  const control = new AbortController();
  current = control;
  const text = byID("answer-text");
  begin(text);
  const body = { question, collection: byID("collection").value, stream: true };
  if (scope && scope.collection === body.collection) body.documents = [scope.id];
  try {
    const stream = events("v1/ask", {
      method: "POST", body: JSON.stringify(body), signal: control.signal,
      headers: { "Content-Type": "application/json" },
    });
    for await (const { name, data } of stream) {
      if (name === "text") text.textContent += data.text;
      if (name === "answer") finish(data, openDocument);
      if (name === "error") throw new Error(data.error.message);
    }
  } catch (error) {
    byID("ask-state").textContent = error.name === "AbortError" ? "Stopped." : "";
    if (error.name !== "AbortError") byID("ask-trouble").textContent = error.message;
    if (!text.textContent) show(byID("answer"), false);
  } finally {
    if (current === control) {
      current = null;
      text.setAttribute("aria-busy", "false");
      show(byID("stop-button"), false);
    }
  }
}

function begin(text) {
  text.textContent = "";
  text.setAttribute("aria-busy", "true");
  byID("ask-trouble").textContent = "";
  byID("ask-state").textContent = "Answering…";
  byID("citations").replaceChildren();
  byID("strips").replaceChildren();
  byID("costs").replaceChildren();
  show(byID("answer"), true);
  show(byID("stop-button"), true);
}

function finish(answer, openDocument) {
  byID("answer-text").textContent = answer.answer || "(nothing)";
  byID("ask-state").textContent = `Answered: ${answer.answer}`;
  const open = (id, bytes, focuses = true) =>
    openDocument({ collection: answer.collection, id, highlight: bytes, looked: answer.looked_at, focuses });
  byID("citations").replaceChildren(...answer.citations.map((citation) => {
    const button = make("button", { type: "button" }, `“${citation.quote}”`, make("span", {
      className: "where",
      textContent: `${citation.document}, line ${citation.line} · ${percent(citation.attention)} of the attention`,
    }));
    button.addEventListener("click", () => open(citation.document, citation.bytes));
    return make("li", {}, button);
  }));
  for (const id of answer.documents) {
    drawStrip(byID("strips"), answer, id, (bytes) => open(id, bytes, false));
  }
  const total = Object.values(answer.seconds).reduce((sum, part) => sum + part, 0);
  const costs = [
    ["From caches", `${number(answer.context_tokens_reused)} tokens`],
    ["Computed", `${number(answer.context_tokens_computed)} tokens`],
    ["Question", `${number(answer.question_tokens)} tokens`],
    ["Time", seconds(total)],
  ];
  byID("costs").replaceChildren(...costs.map(([name, value]) =>
    make("div", {}, make("dt", { textContent: name }), make("dd", { textContent: value }))));
}
