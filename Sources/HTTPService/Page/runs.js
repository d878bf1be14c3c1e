// What brought documents in: runs of the store, and uploads with their progress.

import { events, json, request } from "./api.js";
import { byID, make, number, time } from "./parts.js";

const watched = new Set();

export function startRuns(whenDone) {
  byID("upload-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const [file] = byID("upload-file").files;
    if (!file) return;
    byID("upload-trouble").textContent = "";
    // Letters beyond ASCII become their numbers, so that different names stay different.
    const name = file.name.normalize().replace(/\s+/g, "-")
      .replace(/[^A-Za-z0-9._-]/gu, (letter) => letter.codePointAt(0).toString(16))
      .replace(/^[^A-Za-z0-9]+/, "").slice(-100);
    const collection = encodeURIComponent(byID("upload-collection").value);
    try {
      const path = `v1/collections/${collection}/documents?name=${encodeURIComponent(name || "document.txt")}`;
      const reply = await request(path, {
        method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" },
      });
      byID("upload-file").value = "";
      watch(await reply.json(), whenDone);
    } catch (error) {
      byID("upload-trouble").textContent = error.message;
    }
  });
}

export async function refreshRuns(whenDone) {
  const [{ runs }, { uploads }] = await Promise.all([json("v1/runs?limit=10"), json("v1/uploads")]);
  byID("runs").replaceChildren(...runs.map(entry));
  if (runs.length === 0) byID("runs").replaceChildren(make("li", { textContent: "None yet." }));
  follow(runs.some(({ status }) => status === "running"), whenDone);
  for (const upload of uploads) if (upload.state === "waiting" || upload.state === "running") watch(upload, whenDone);
}

/// A run: how it ended, or how far it is.
function entry(run) {
  const { documents = 0, tokens = 0, failures = 0, planned_documents: planned, planned_tokens: all } = run.counts;
  const isRunning = run.status === "running" && planned !== undefined;
  const [of, ofAll] = isRunning ? [` of ${number(planned)}`, ` of ${number(all)}`] : ["", ""];
  const bar = isRunning && make("progress", {
    max: Math.max(1, all), value: Math.min(tokens, all), "aria-label": `Progress of ${run.command}`,
  });
  return make("li", {}, `${run.command} — ${run.status}`, bar || null, make("span", {
    className: "where",
    textContent: `${time(run.started)} · ${run.collection} · ${number(documents)}${of} documents, `
      + `${number(tokens)}${ofAll} tokens` + (isRunning ? "" : `, ${number(failures)} failures`),
  }));
}

let following = null;

/// Looks again in a while where a run goes on, and at everything else once it is over.
function follow(isRunning, whenDone) {
  clearTimeout(following?.timer);
  const wasRunning = following !== null;
  following = null;
  if (isRunning) {
    const timer = setTimeout(() => refreshRuns(whenDone).catch(() => follow(true, whenDone)), 3000);
    following = { timer };
  } else if (wasRunning) {
    whenDone();
  }
}

/// Shows an upload's progress until it is over.
async function watch(upload, whenDone) {
  if (watched.has(upload.id)) return;
  watched.add(upload.id);
  const label = make("span", { textContent: `${upload.name}: ${upload.state}` });
  const bar = make("progress", { max: 1, "aria-label": `Progress of ${upload.name}` });
  const note = make("span", { className: "where", role: "status" });
  byID("uploads").prepend(make("li", {}, label, bar, note));
  try {
    for await (const { data } of events(`v1/uploads/${upload.id}/events`)) {
      const { progress } = data;
      label.textContent = `${data.name}: ${data.state}`;
      if (progress.tokens > 0) bar.value = progress.tokens_done / progress.tokens;
      note.textContent = (progress.held_by ? `Waits for the store: ${progress.held_by}`
        : `${number(progress.tokens_done)} of ${number(progress.tokens)} tokens`)
        + (data.error ? ` · ${data.error.message}` : "")
        + (progress.failures.length > 0 ? ` · ${progress.failures.join("; ")}` : "");
      if (data.state === "done") bar.value = 1;
    }
  } catch (error) {
    note.textContent = error.message;
  }
  await whenDone();
}
