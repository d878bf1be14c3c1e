// Puts the page together.

import { Refusal, setToken, takeToken } from "./api.js";
import { startAsking } from "./ask.js";
import { refreshLibrary, startLibrary } from "./library.js";
import { byID, show } from "./parts.js";
import { openDocument, startReading } from "./reader.js";
import { refreshRuns, startRuns } from "./runs.js";

async function refresh() {
  try {
    await refreshLibrary(readDocument);
    await refreshRuns(refresh);
    show(byID("locked"), false);
    show(byID("desk"), true);
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) {
      show(byID("desk"), false);
      show(byID("locked"), true);
      byID("token").focus();
      return false;
    }
    show(byID("desk"), true);
    byID("ask-trouble").textContent = error.message;
  }
  return true;
}

async function readDocument(place) {
  try {
    await openDocument(place);
  } catch (error) {
    byID("ask-trouble").textContent = error.message;
  }
}

takeToken();
startAsking(readDocument);
startReading();
startLibrary(readDocument);
startRuns(refresh);
byID("token-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  setToken(byID("token").value.trim());
  if (!await refresh()) byID("token-trouble").textContent = "That is not the token.";
});
await refresh();
document.documentElement.dataset.ready = "true";
