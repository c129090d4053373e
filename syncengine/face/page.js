// Brings the page up to date: the server says that something has changed, and the same HTML is asked for again.
// What the reader had open, and where the keyboard was, stays as it was.
"use strict";

const main = document.getElementById("main");
const lost = document.getElementById("lost");
let asking = false;
let again = false;

async function renew() {
  if (asking) { again = true; return; }
  asking = true;
  try {
    const answer = await fetch("/main", { cache: "no-store" });
    if (answer.ok) { show(await answer.text()); lost.hidden = true; }
  } catch {
    lost.hidden = false;
  }
  asking = false;
  if (again) { again = false; renew(); }
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  for (const box of main.querySelectorAll("details[open]")) {
    const same = fresh.querySelector(`#${CSS.escape(box.id)}`);
    if (same) { same.open = true; }
  }
  const path = pathOf(document.activeElement);
  main.replaceChildren(...fresh.childNodes);
  const focused = path && elementAt(path);
  if (focused) { focused.focus({ preventScroll: true }); }
}

function pathOf(element) {
  if (!element || element === main || !main.contains(element)) { return null; }
  const path = [];
  for (let here = element; here !== main; here = here.parentElement) {
    path.unshift([...here.parentElement.children].indexOf(here));
  }
  return path;
}

function elementAt(path) {
  return path.reduce((here, index) => here && here.children[index], main);
}

const events = new EventSource("/events");
events.onmessage = renew;
events.onerror = () => { lost.hidden = false; };
events.onopen = () => { lost.hidden = true; };
setInterval(renew, 60000);
