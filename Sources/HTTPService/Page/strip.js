// A document as a strip: where the answer looked, darker where it looked more.

import { documentPath, json } from "./api.js";
import { make, percent } from "./parts.js";

const svg = "http://www.w3.org/2000/svg";

function box(start, end, opacity, title) {
  const rect = document.createElementNS(svg, "rect");
  rect.setAttribute("x", start);
  rect.setAttribute("y", 0);
  rect.setAttribute("width", Math.max(end - start, 0.5));
  rect.setAttribute("height", 20);
  if (opacity !== null) rect.setAttribute("fill-opacity", opacity.toFixed(3));
  if (title) rect.append(Object.assign(document.createElementNS(svg, "title"), { textContent: title }));
  return rect;
}

function picture(label, from, to, intervals, most, jump) {
  const image = document.createElementNS(svg, "svg");
  image.setAttribute("viewBox", "0 0 1000 20");
  image.setAttribute("preserveAspectRatio", "none");
  image.setAttribute("role", "img");
  image.setAttribute("aria-label", label);
  const scale = 1000 / Math.max(1, to - from);
  for (const { bytes, attention } of intervals) {
    const title = `bytes ${bytes[0]}–${bytes[1]}: ${percent(attention)}`;
    image.append(box((bytes[0] - from) * scale, (bytes[1] - from) * scale, Math.sqrt(attention / most), title));
  }
  image.addEventListener("click", (event) => {
    const frame = image.getBoundingClientRect();
    const at = from + (event.clientX - frame.left) / frame.width * (to - from);
    const near = intervals.find(({ bytes }) => bytes[0] <= at && at < bytes[1]);
    jump(near ? near.bytes : [Math.floor(at), Math.floor(at) + 1]);
  });
  return image;
}

/// Draws the document whole, with the place that was in memory, and that place larger.
export async function drawStrip(parent, answer, id, jump) {
  const intervals = answer.looked_at.filter((interval) => interval.document === id);
  if (intervals.length === 0) return;
  const part = make("div", { className: "strip" });
  parent.append(part);
  const { document: facts } = await json(documentPath(answer.collection, id));
  const from = Math.min(...intervals.map(({ bytes }) => bytes[0]));
  const to = Math.max(...intervals.map(({ bytes }) => bytes[1]));
  const most = Math.max(...intervals.map(({ attention }) => attention));
  const best = intervals.find(({ attention }) => attention === most);
  const whole = picture(
    `${id} whole: the answer had bytes ${from} to ${to} of ${facts.text_bytes} in memory`,
    0, facts.text_bytes, intervals, most, jump);
  whole.setAttribute("class", "whole");
  const scale = 1000 / Math.max(1, facts.text_bytes);
  const seen = box(from * scale, to * scale, null, null);
  seen.setAttribute("class", "seen");
  whole.append(seen);
  const close = picture(
    `What was in memory, larger: ${intervals.length} intervals; most was looked at bytes `
      + `${best.bytes[0]} to ${best.bytes[1]}, ${percent(most)}`,
    from, to, intervals, most, jump);
  part.append(make("h3", { textContent: `Where it looked in ${id}` }), whole, close);
}
