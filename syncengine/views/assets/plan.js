// Searches and shows the single changes of a plan. The page can hold a hundred thousand of them, so only those in
// sight are elements, and long work is done a few milliseconds at a time. Texts become text nodes and nothing else.
"use strict";
(() => {
  const ROW = 30, SPARE = 8, SLICE = 8;
  const byId = (id) => document.getElementById(id);
  const list = byId("list");
  if (!list) return;

  for (const part of document.querySelectorAll(".needs-script")) part.hidden = false;
  const spacer = byId("spacer"), search = byId("search"), count = byId("count"), only = byId("only"), detail = byId("detail");
  const { total, leftOut, changes, reasons, signs } = JSON.parse(byId("changes").textContent);
  const CHOICES = [["action", (change) => change[0]], ["dialer", (change) => change[1]], ["reason", (change) => change[4]]];
  const number = new Intl.NumberFormat("en");

  // Lines in columns: which change, key, numbers, and the block that holds further fields; block 0 holds none.
  const changeOf = new Uint32Array(total), blockOf = new Uint32Array(total), keys = [], phones = [];
  const blocks = [{ start: 0, columns: [] }];
  let loaded = 0, matched = new Uint32Array(total), matches = 0, current = -1, group = -1, round = 0;

  const place = (change) => `${change[1]}/${change[2]}/${change[3]}`;
  const text = (change) =>
    [change[0], place(change), reasons[change[4]], change[5], change[6], ...Object.entries(change[9]).flat()].join(" ").toLowerCase();
  const texts = [];

  // -------------------------------------------------------------------------------------------- long work in slices

  // Calls step until it says that it has ended; a newer round ends an older one.
  function inSlices(step, mine, ended) {
    const until = performance.now() + SLICE;
    do {
      if (mine !== round && mine !== -1) return;
      if (!step()) return ended();
    } while (performance.now() < until);
    setTimeout(() => inSlices(step, mine, ended), 0);
  }

  function load() {
    const scripts = Array.from(document.querySelectorAll("script.lines"));
    let position = 0, next = 0;
    const step = () => {
      if (position === changes.length) return false;
      if (next < scripts.length && Number(scripts[next].dataset.change) === position) {
        take(position, JSON.parse(scripts[next].textContent));
        scripts[next++].remove();
        return true;
      }
      if (changes[position][2] === "campaign") add(position, "", "", 0);
      position += 1;
      return true;
    };
    inSlices(step, -1, filter);
  }

  function take(position, found) {
    blocks.push({ start: loaded, columns: Object.entries(found.f ?? {}) });
    for (let n = 0; n < found.p.length; n += 1) add(position, found.k[n], found.p[n], blocks.length - 1);
  }

  function add(position, key, numbers, block) {
    changeOf[loaded] = position;
    keys[loaded] = key;
    phones[loaded] = numbers;
    blockOf[loaded] = block;
    loaded += 1;
  }

  const fieldsOf = (line) => {
    const { start, columns } = blocks[blockOf[line]];
    return columns.map(([name, values]) => [name, values[line - start]]);
  };

  function filter() {
    const mine = ++round;
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = CHOICES.map(([id, of]) => [byId(id).value, of]).filter((pair) => pair[0]);
    const fits = changes.map((change) => (group < 0 || change[7] === group) && wanted.every(([value, of]) => of(change) === value));
    // The words that a change does not have itself must be in its line.
    const open = [];
    const missing = (position) => (open[position] ??= words.filter((word) => !(texts[position] ??= text(changes[position])).includes(word)));
    let line = 0;
    matches = 0;
    const step = () => {
      for (const end = Math.min(loaded, line + 500); line < end; line += 1) {
        const position = changeOf[line];
        if (fits[position] && missing(position).every((word) => has(line, word))) matched[matches++] = line;
      }
      return line < loaded;
    };
    inSlices(step, mine, () => {
      current = -1;
      list.scrollTop = 0;
      spacer.style.height = `${matches * ROW}px`;
      detail.replaceChildren();
      tell(words.length > 0 || wanted.length > 0 || group >= 0);
      show();
    });
  }

  function has(line, word) {
    if (keys[line].toLowerCase().includes(word) || phones[line].includes(word)) return true;
    return fieldsOf(line).some(([, value]) => value.toLowerCase().includes(word));
  }

  function tell(narrowed) {
    const all = `${number.format(loaded)} ${loaded === 1 ? "change" : "changes"}`;
    const rest = leftOut ? `; ${number.format(leftOut)} more are not in this page` : "";
    count.textContent = (narrowed ? `${number.format(matches)} of ${all}` : all) + rest;
  }

  // ------------------------------------------------------------------------------------------------------- showing

  const make = (name, style, ...inside) => {
    const made = document.createElement(name);
    if (style) made.className = style;
    made.append(...inside);
    return made;
  };

  let waiting = false;
  function show() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const first = Math.max(0, Math.floor(list.scrollTop / ROW) - SPARE);
      const last = Math.min(matches, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE);
      const rows = [];
      for (let n = first; n < last; n += 1) rows.push(row(n));
      spacer.replaceChildren(...rows);
      const chosen = current >= first && current < last;
      if (chosen) list.setAttribute("aria-activedescendant", `line-${current}`);
      else list.removeAttribute("aria-activedescendant");
    });
  }

  function row(n) {
    const line = matched[n], change = changes[changeOf[line]];
    const made = make(
      "div", `row ${change[0]}`,
      make("span", "sign", signs[change[0]]),
      make("span", "what", change[0]),
      make("span", "where", place(change)),
      make("span", "who", [keys[line], phones[line]].filter(Boolean).join("  ")),
      make("span", "why", reasons[change[4]]),
    );
    made.id = `line-${n}`;
    made.style.top = `${n * ROW}px`;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", String(n === current));
    made.setAttribute("aria-setsize", String(matches));
    made.setAttribute("aria-posinset", String(n + 1));
    made.addEventListener("click", () => choose(n));
    return made;
  }

  function choose(n) {
    if (!matches) return;
    current = Math.max(0, Math.min(matches - 1, n));
    const top = current * ROW;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
    describe(matched[current]);
    show();
  }

  function describe(line) {
    const change = changes[changeOf[line]];
    const pairs = [
      ["what", `${signs[change[0]]} ${change[0]}`], ["where", place(change)], ["why", `${reasons[change[4]]}, ${change[5]}`],
      ["key", keys[line]], ["numbers", phones[line]], ["warning", change[6]],
      ...Object.entries(change[9]), ...fieldsOf(line),
    ].filter((pair) => pair[1]);
    detail.replaceChildren(make("dl", "", ...pairs.flatMap(([name, value]) => [make("dt", "", name), make("dd", "", value)])));
  }

  // ------------------------------------------------------------------------------------------------------ listening

  function chooseGroup(wanted, title) {
    group = wanted;
    only.hidden = group < 0;
    only.textContent = group < 0 ? "" : `only: ${title}`;
    filter();
  }

  function clear() {
    search.value = "";
    for (const [id] of CHOICES) byId(id).value = "";
    chooseGroup(-1, "");
  }

  const page = () => Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
  const MOVES = {
    ArrowDown: () => current + 1, ArrowUp: () => current - 1, PageDown: () => current + page(), PageUp: () => current - page(),
    Home: () => 0, End: () => matches - 1,
  };
  list.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    choose(move());
  });
  list.addEventListener("scroll", show, { passive: true });
  addEventListener("resize", show);

  let pause = 0;
  search.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(filter, 60);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    list.focus();
    choose(0);
  });
  byId("tools").addEventListener("submit", (event) => event.preventDefault());
  byId("clear").addEventListener("click", clear);
  for (const [id, of] of CHOICES) {
    const choice = byId(id);
    for (const value of new Set(changes.map(of))) {
      const option = make("option", "", id === "reason" ? reasons[value] : value);
      option.value = value;
      choice.append(option);
    }
    choice.addEventListener("change", () => filter());
  }
  document.addEventListener("keydown", (event) => {
    const writing = event.target instanceof Element && event.target.matches("input, select");
    if (event.key === "/" && !writing) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && (writing || event.target === list)) {
      clear();
      list.focus();
    }
  });
  for (const button of document.querySelectorAll("button[data-group]")) {
    button.addEventListener("click", () => {
      chooseGroup(Number(button.dataset.group), button.parentElement.firstChild.textContent.trim());
      byId("rows").scrollIntoView({ block: "start" });
      list.focus({ preventScroll: true });
    });
  }
  load();
})();
