// The service as the page sees it: requests with the token, and streams of events.

const key = "pharos-token";

/// Takes the token from the address, once, and hides it there.
export function takeToken() {
  const match = /^#token=(.+)$/.exec(location.hash);
  if (!match) return;
  sessionStorage.setItem(key, decodeURIComponent(match[1]));
  history.replaceState(null, "", location.pathname);
}

export function setToken(token) { sessionStorage.setItem(key, token); }

export class Refusal extends Error {
  constructor(status, error, retryAfter) {
    const wait = retryAfter ? ` Try again in ${retryAfter} s.` : "";
    super((error?.message ?? `The service answered with status ${status}.`) + wait);
    this.status = status;
    this.code = error?.code;
  }
}

export async function request(path, options = {}) {
  const headers = new Headers(options.headers);
  const token = sessionStorage.getItem(key);
  if (token) headers.set("Authorization", `Bearer ${token}`);
  let response;
  try {
    response = await fetch(path, { ...options, headers, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The service cannot be reached.");
  }
  if (response.ok) return response;
  let error = null;
  try { error = (await response.json()).error; } catch { /* no JSON, the status says enough */ }
  throw new Refusal(response.status, error, response.headers.get("Retry-After"));
}

export async function json(path, options) { return (await request(path, options)).json(); }

export async function bytes(path) { return new Uint8Array(await (await request(path)).arrayBuffer()); }

/// The events of a reply: `{name, data}`, one after another.
export async function* events(path, options) {
  const response = await request(path, options);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      let name = "message";
      let data = "";
      for (const line of block.split("\n")) {
        if (line.startsWith("event: ")) name = line.slice(7);
        if (line.startsWith("data: ")) data += line.slice(6);
      }
      if (data) yield { name, data: JSON.parse(data) };
    }
  }
}

export function documentPath(collection, id) {
  return `v1/collections/${encodeURIComponent(collection)}/documents/${encodeURIComponent(id)}`;
}
