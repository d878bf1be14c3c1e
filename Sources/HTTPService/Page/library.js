// Collections, their documents, search, and the size of the store.

import { json } from "./api.js";
import { byID, make, number, show, size } from "./parts.js";

let next = null;

export function startLibrary(openDocument) {
  byID("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const query = byID("search").value.trim();
    if (query) search(query, openDocument); else list(openDocument);
  });
  byID("collection").addEventListener("change", () => list(openDocument));
  byID("library-more").addEventListener("click", () => list(openDocument, next));
}

export async function refreshLibrary(openDocument) {
  const [store, { collections }] = await Promise.all([json("v1/store"), json("v1/collections")]);
  byID("size").textContent = `${number(store.documents)} documents, ${size(store.text_bytes)} of text · `
    + `${number(store.tokens)} tokens in ${size(store.cache_bytes)} of caches`;
  const choice = byID("collection");
  const chosen = choice.value;
  choice.replaceChildren(...collections.map(({ name, documents }) =>
    make("option", { value: name, textContent: `${name} (${number(documents)})` })));
  if (collections.some(({ name }) => name === chosen)) choice.value = chosen;
  if (!byID("upload-collection").value) byID("upload-collection").value = choice.value;
  await list(openDocument);
}

async function list(openDocument, after = null) {
  const collection = byID("collection").value;
  const shelf = byID("library");
  if (!collection) {
    shelf.replaceChildren();
    byID("library-state").textContent = "The store holds no documents yet.";
    return;
  }
  const query = after === null ? "" : `&after=${encodeURIComponent(after)}`;
  const page = await json(`v1/collections/${encodeURIComponent(collection)}/documents?limit=50${query}`);
  const items = page.documents.map((item) => entry(
    item.title ?? item.id,
    `${item.title ? `${item.id} · ` : ""}${size(item.text_bytes)}`
      + (item.cache ? ` · ${number(item.cache.beacons)} beacons` : " · not compressed"),
    () => openDocument({ collection, id: item.id })));
  if (after === null) shelf.replaceChildren(...items); else shelf.append(...items);
  next = page.next;
  show(byID("library-more"), next !== null);
  byID("library-state").textContent = `${number(shelf.children.length)} documents of ${collection}`;
}

async function search(query, openDocument) {
  const collection = byID("collection").value;
  const { hits } = await json(
    `v1/search?q=${encodeURIComponent(query)}&collection=${encodeURIComponent(collection)}`);
  show(byID("library-more"), false);
  byID("library-state").textContent = `${hits.length} passages found`;
  byID("library").replaceChildren(...hits.map((hit) => entry(
    hit.title ?? hit.document, `${hit.document} · ${hit.text.slice(0, 160)}…`,
    () => openDocument({ collection: hit.collection, id: hit.document, highlight: hit.bytes }))));
}

function entry(name, facts, open) {
  const button = make("button", { type: "button" }, name, make("span", { className: "where", textContent: facts }));
  button.addEventListener("click", open);
  return make("li", {}, button);
}

