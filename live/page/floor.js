// The floor's page: asks for the figures every few seconds and writes them into the page.
"use strict";
const EVERY_MS = 10000;
const $ = (id) => document.getElementById(id);
const TITLES = {
  now: "In time, this half hour", offered: "Offered", in_time: "Answered in time", abandoned: "Given up",
  speed: "Wait until answer", handling: "Handle time",
};
let last = null, lastRead = 0;

function el(name, attributes = {}, ...children) {
  const svg = ["svg", "rect", "path", "line", "text", "title", "desc", "g"].includes(name);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", name)
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

const percent = (x) => `${(100 * x).toFixed(x > 0.995 || x < 0.005 ? 0 : 1)} %`;
const seconds = (x) => x < 100 ? `${Math.round(x)} s`
  : `${Math.floor(x / 60)} min ${String(Math.round(x % 60)).padStart(2, "0")} s`;
const whole = (x) => Math.round(x).toLocaleString("en");
function said(figure, x) {
  if (figure.unit === "fraction") return percent(x);
  return /second/.test(figure.unit) || figure.unit === "s" ? seconds(x) : whole(x);
}
function span(s) {
  if (s < 90) return `${Math.max(0, Math.round(s))} s`;
  return s < 5400 ? `${Math.round(s / 60)} min` : `${(s / 3600).toFixed(1)} h`;
}
const NAMES = { acw: "after-contact work" };
const words = (text) => NAMES[text] || text.replaceAll("_", " ");
const clock = (at) => at.slice(11, 16);

// One figure in words: the value, its certain limits, and what such values did before.
function parts(figure) {
  if (!figure) return { value: "–", notes: [], blank: true };
  if (figure.value === null) {
    const open = figure.open_n > 0 ? `, ${figure.open_n} open` : "";
    return { value: "–", notes: [(figure.blank_because || "nothing has ended yet") + open],
      blank: true };
  }
  const notes = [];
  if (figure.low !== null && figure.open_n > 0) {
    const [low, high] = [said(figure, figure.low), said(figure, figure.high)];
    notes.push((low === high ? "" : `${low} to ${high} possible, `) + `${figure.open_n} open`);
  }
  if (figure.band_low !== null && figure.unit === "fraction") {
    const by = (x) => `${x >= 0 ? "+" : "−"}${Math.abs(100 * x).toFixed(1)}`;
    notes.push(`finals end ${by(figure.band_low - figure.value)} to `
      + `${by(figure.band_high - figure.value)} points from here`);
  }
  return { value: said(figure, figure.value), notes, blank: false };
}

function rangeOf(figure) {
  if (!figure || figure.value === null || figure.unit !== "fraction") return null;
  const low = figure.low ?? figure.value, high = figure.high ?? figure.value;
  const box = el("svg", { class: "range", viewBox: "0 0 100 6", preserveAspectRatio: "none",
    "aria-hidden": "true" });
  box.append(el("rect", { class: "open", x: 100 * low, y: 0, height: 6,
    width: Math.max(100 * (high - low), 0.5) }));
  box.append(el("rect", { class: "sure", x: 0, y: 0, height: 6, width: 100 * low }));
  return box;
}

function cell(name, figure) {
  const told = parts(figure);
  const inner = el("div", told.blank ? { class: "blank" } : {}, told.value);
  const range = rangeOf(figure);
  if (range) inner.append(range);
  for (const note of told.notes) inner.append(el("small", {}, note));
  return el("td", { "data-name": TITLES[name] }, inner);
}

function company(figures) {
  $("company").replaceChildren(...Object.entries(figures).map(([name, figure]) => {
    const told = parts(figure);
    const tile = el("li", {}, el("span", {}, TITLES[name]), el("b", {}, told.value));
    const range = rangeOf(figure);
    if (range) tile.append(range);
    for (const note of told.notes) tile.append(el("small", {}, note));
    return tile;
  }));
}

function queues(rows) {
  const chosen = $("client").value, made = [];
  let client = null;
  for (const row of rows) {
    if (chosen && row.client_id !== chosen) continue;
    if (row.client_id !== client) {
      client = row.client_id;
      made.push(el("tr", { class: "client" },
        el("th", { colspan: 8, scope: "rowgroup" }, words(client))));
    }
    const waits = el("div", {}, String(row.waiting_n));
    if (row.longest_wait_s !== null) {
      waits.append(el("small", {}, `longest ${seconds(row.longest_wait_s)}`));
    }
    made.push(el("tr", {}, el("th", { scope: "row" }, row.queue_name || row.queue_id),
      el("td", { "data-name": "Waiting now" }, waits),
      ...Object.keys(TITLES).map((name) => cell(name, row.figures[name]))));
  }
  $("rows").replaceChildren(...made);
}

function clients(rows) {
  const known = [...new Set(rows.map((row) => row.client_id))];
  const select = $("client"), now = select.value;
  if (select.options.length === known.length + 1) return;
  select.replaceChildren(el("option", { value: "" }, "all"),
    ...known.map((id) => el("option", { value: id }, words(id))));
  select.value = known.includes(now) ? now : "";
}

function people(rows) {
  const sites = new Map();
  for (const row of rows) {
    if (!sites.has(row.site_id)) sites.set(row.site_id, []);
    sites.get(row.site_id).push(row);
  }
  $("people").replaceChildren(...[...sites.values()].map((states) => {
    const most = Math.max(...states.map((state) => state.agents_n));
    const list = el("ul", {}, ...states.map((state) => el("li", {},
      el("span", {}, words(state.activity)),
      el("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
        el("rect", { class: "bar", x: 0, y: 0, height: 10,
          width: 100 * state.agents_n / most })),
      el("b", {}, String(state.agents_n)))));
    return el("div", { class: "site" },
      el("h3", {}, `${states[0].site_name}, ${clock(states[0].seen_at)} UTC`), list);
  }));
  if (!rows.length) $("people").replaceChildren(el("p", { class: "quiet" }, "Nobody is on shift."));
}

function volume(rows) {
  const [wide, high, left, below] = [640, 220, 34, 22];
  const most = Math.max(4, ...rows.flatMap((r) => [r.offered, r.forecast, r.usual_high]
    .filter((x) => x !== null)));
  // A round number at the top, an even one, so that its half is whole.
  const unit = 10 ** Math.floor(Math.log10(most)) / 5, top = 2 * unit * Math.ceil(most / (2 * unit));
  const step = (wide - left) / rows.length;
  const x = (n) => left + n * step, y = (v) => (high - below) * (1 - v / top) + 4;
  const box = el("svg", { viewBox: `0 0 ${wide} ${high}`, role: "img",
    "aria-labelledby": "volume-name volume-about" });
  box.append(el("title", { id: "volume-name" }, "Offered by half hour, against forecast and usual"));
  const over = rows.filter((r) => !r.is_open);
  const sum = (key) => Math.round(over.reduce((all, r) => all + (r[key] || 0), 0));
  box.append(el("desc", { id: "volume-about" }, `Offered so far ${sum("offered")}, `
    + `forecast ${sum("forecast")}, usual ${sum("usual")}.`));
  for (const tick of [0, top / 2, top]) {
    box.append(el("line", { class: "axis", x1: left, x2: wide, y1: y(tick), y2: y(tick) }),
      el("text", { x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, whole(tick)));
  }
  rows.forEach((r, n) => {
    if (r.usual_high !== null) {
      box.append(el("rect", { class: "band", x: x(n), width: step, y: y(r.usual_high),
        height: Math.max(y(r.usual_low) - y(r.usual_high), 1) }));
    }
    if (r.offered !== null) {
      box.append(el("rect", { class: r.is_open ? "bar running" : "bar", x: x(n) + step * 0.22,
        width: step * 0.56, y: y(r.offered), height: y(0) - y(r.offered) }));
    }
    if (n % 4 === 0 && n < rows.length - 2) {
      box.append(el("text", { x: x(n), y: high - 4 }, clock(r.half_at)));
    }
  });
  const line = rows.map((r, n) => r.forecast === null ? null : [x(n) + step / 2, y(r.forecast)])
    .filter(Boolean);
  if (line.length) {
    box.append(el("path", { class: "forecast",
      d: "M" + line.map((point) => point.map((v) => v.toFixed(1)).join(",")).join("L") }));
  }
  const key = el("p", { class: "key" },
    el("span", {}, el("i", { class: "k-bar" }), "offered (outlined: the half hour that runs)"),
    el("span", {}, el("i", { class: "k-forecast" }), "forecast"),
    el("span", {}, el("i", { class: "k-band" }), "usual at this weekday and hour"));
  const table = el("table", {}, el("caption", {}, "UTC"), el("thead", {}, el("tr", {},
    ...["Half hour", "Offered", "Forecast", "Usual"].map((t) => el("th", { scope: "col" }, t)))),
  el("tbody", {}, ...over.map((r) => el("tr", {}, el("th", { scope: "row" }, clock(r.half_at)),
    ...["offered", "forecast", "usual"].map((k) =>
      el("td", { "data-name": k }, r[k] === null ? "–" : whole(r[k])))))));
  const open = $("volume").querySelector("details")?.open;
  const more = el("details", open ? { open: "" } : {}, el("summary", {}, "As a table"), table);
  $("volume").replaceChildren(box, key, more);
}

function age() {
  if (!last) return;
  const now = last.about.age_s + (Date.now() - lastRead) / 1000;
  const late = now > 2 * last.about.cadence_s;
  const text = `As of ${clock(last.about.as_of_at)} UTC, ${span(now)} ago`
    + (late ? ": too old to be shown, waiting for the next tick" : ". Provisional.");
  if ($("age").textContent !== text) $("age").textContent = text;
  if (late && !last.about.is_stale) read();
}

function notices(board) {
  const told = board.groups.filter((group) => group.is_held).map((group) =>
    `${group.feed_group === "queues" ? "Queue figures" : "Staffing"} are held back`
    + `${group.as_of_at ? `; shown as of ${clock(group.as_of_at)} UTC` : ""}: ${group.why}.`);
  const silent = [...new Set(board.queues.flatMap((queue) => Object.values(queue.figures))
    .filter((f) => f && /^nothing new/.test(f.blank_because || "")).map((f) => f.blank_because))];
  $("notices").replaceChildren(...[...told, ...silent.map((text) => `There is ${text}.`)]
    .map((text) => el("div", { class: "notice" }, text)));
}

function draw(board) {
  clients(board.queues);
  company(board.company);
  queues(board.queues);
  people(board.about.is_stale ? [] : board.staffing);
  volume(board.series);
  notices(board);
  $("revised").textContent = board.revised.n
    ? `How far such values moved was measured on ${board.revised.days_n} days (trust.revision).`
    : "How far such values move is not known yet: no day has been compared with its final values.";
  document.body.dataset.ready = board.about.as_of_at;
}

async function read() {
  try {
    const answer = await fetch("floor.json", { cache: "no-store" });
    const board = await answer.json();
    if (!answer.ok) throw new Error(board.error);
    last = board;
    lastRead = Date.now();
    draw(board);
    age();
  } catch (error) {
    $("notices").replaceChildren(el("div", { class: "notice" }, `No figures: ${error.message}.`));
  }
}

function keep(key, value) {
  try { localStorage.setItem(key, value); } catch { /* a private window remembers nothing */ }
}
function kept(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}
function theme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  $("theme").setAttribute("aria-pressed", String(dark));
}
function wall(on) {
  document.documentElement.classList.toggle("wall", on);
  $("wall").setAttribute("aria-pressed", String(on));
}
const asked = new URLSearchParams(location.search);
theme((asked.get("theme") || kept("theme")
  || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark");
wall(asked.has("wall"));
$("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme !== "dark";
  theme(dark);
  keep("theme", dark ? "dark" : "light");
});
$("wall").addEventListener("click", () => wall(!document.documentElement.classList.contains("wall")));
$("client").addEventListener("change", () => last && queues(last.queues));
document.addEventListener("keydown", (event) => {
  if (event.target.closest("select, input") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "w") $("wall").click();
  if (event.key === "d") $("theme").click();
});
read();
setInterval(read, EVERY_MS);
setInterval(age, 1000);
