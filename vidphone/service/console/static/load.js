"use strict";
// The figures of the load, anew every few seconds while the page is looked at.
const EVERY_MS = 5000;
const place = document.getElementById("load");

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(place.dataset.from, { redirect: "manual" });
  if (answer.ok) place.innerHTML = await answer.text();
  else location.reload();
}

setInterval(() => refresh().catch(() => {}), EVERY_MS);
