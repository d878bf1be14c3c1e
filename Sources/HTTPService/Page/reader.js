// Reading a document: its text around a place, the cited sentence marked, what was looked at shaded.

import { bytes, documentPath, json } from "./api.js";
import { byID, make, number, show, size } from "./parts.js";
import { setScope } from "./ask.js";

const reach = 6000;
const decoder = new TextDecoder();
let open = null;

export function startReading() {
  byID("reader-earlier").addEventListener("click", () => move(-reach));
  byID("reader-later").addEventListener("click", () => move(reach));
  byID("reader-close").addEventListener("click", () => {
    show(byID("reader"), false);
    byID("question").focus();
  });
  byID("reader-only").addEventListener("click", () => open && setScope(open.collection, open.id));
}

export async function openDocument({ collection, id, highlight = null, looked = [], focuses = true }) {
  const path = documentPath(collection, id);
  if (open?.collection !== collection || open?.id !== id) {
    const [facts, text] = await Promise.all([json(path), bytes(`${path}/text`)]);
    open = { collection, id, facts: facts.document, text };
  }
  open.highlight = highlight;
  open.looked = looked.filter((interval) => interval.document === id);
  const center = highlight ? highlight[0] : 0;
  open.from = Math.max(0, center - reach / 2);
  open.to = Math.min(open.text.length, open.from + reach * 2);
  const { facts } = open;
  byID("reader-title").textContent = facts.title ? `${facts.title} (${id})` : id;
  const cache = facts.cache
    ? `${number(facts.cache.tokens)} tokens as ${number(facts.cache.beacons)} beacons, ${size(facts.cache.bytes)} stored`
    : "not compressed";
  byID("reader-facts").textContent = `${size(facts.text_bytes)} of text · ${cache}`;
  show(byID("reader"), true);
  draw();
  if (focuses) byID("reader").focus({ preventScroll: true });
  const mark = byID("reader-text").querySelector("mark");
  (mark ?? byID("reader")).scrollIntoView({ block: mark ? "center" : "start" });
}

function move(distance) {
  if (!open) return;
  if (distance < 0) open.from = Math.max(0, open.from + distance);
  else open.to = Math.min(open.text.length, open.to + distance);
  draw();
  const text = byID("reader-text");
  text.scrollTop = distance < 0 ? 0 : text.scrollHeight;
}

/// Moves to where a character begins.
function whole(offset) {
  let at = offset;
  while (at > 0 && at < open.text.length && (open.text[at] & 0xc0) === 0x80) at -= 1;
  return at;
}

function draw() {
  const from = whole(open.from);
  const to = open.to >= open.text.length ? open.text.length : whole(open.to);
  const most = Math.max(0, ...open.looked.map(({ attention }) => attention));
  const edges = new Set([from, to]);
  const add = (range) => range.forEach((edge) => edge > from && edge < to && edges.add(whole(edge)));
  if (open.highlight) add(open.highlight);
  open.looked.forEach(({ bytes: range }) => add(range));
  const places = [...edges].sort((a, b) => a - b);
  const inside = ([start, end], at) => start <= at && at < end;
  const parts = [];
  let mark = null;
  for (let index = 0; index + 1 < places.length; index += 1) {
    const [start, end] = [places[index], places[index + 1]];
    const text = decoder.decode(open.text.subarray(start, end));
    const interval = open.looked.find(({ bytes: range }) => inside(range, start));
    const level = interval && most > 0 ? Math.ceil(Math.sqrt(interval.attention / most) * 4) : 0;
    const piece = level > 0 ? make("span", { className: `a${level}`, textContent: text }) : text;
    if (open.highlight && inside(open.highlight, start)) {
      if (!mark) parts.push(mark = make("mark"));
      mark.append(piece);
    } else {
      parts.push(piece);
    }
  }
  byID("reader-text").replaceChildren(...parts);
  byID("reader-earlier").disabled = from === 0;
  byID("reader-later").disabled = to === open.text.length;
}
