// A report's page: lanes on a time axis, and what belongs to the event that is chosen.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const NS = "http://www.w3.org/2000/svg";
  const LEFT = 132, RIGHT = 16, FAULT = 16, STATE = 16, BAR = 22, OPS = 18, GAP = 10, TOP = 26;
  const events = data.run;
  let chosen = -1, zoom = 1, from = 0, everyEvent = true, showGhost = true, width = 1000;

  const make = (name, attributes, parent, text) => {
    const e = document.createElementNS(NS, name);
    for (const [k, v] of Object.entries(attributes || {})) e.setAttribute(k, v);
    if (text !== undefined) e.textContent = text;
    if (parent) parent.appendChild(e);
    return e;
  };
  const node = (name, className, parent, text) => {
    const e = document.createElement(name);
    if (className) e.className = className;
    if (text !== undefined) e.textContent = text;
    if (parent) parent.appendChild(e);
    return e;
  };

  // --- Time. True time hides what takes a millisecond in an hour, so by default each gap is as wide
  // as the logarithm of its length.
  const end = Math.max(data.end, ...events.map((e) => e.t), 1e-6);
  const ghosts = data.nominal.filter((e) => e.t <= end * 1.02);
  const instants = [...new Set([0, end, ...events.map((e) => e.t), ...ghosts.map((e) => e.t)])]
    .sort((a, b) => a - b);
  const places = new Map();
  let total = 0;
  instants.forEach((t, i) => {
    if (i > 0) total += 0.35 + Math.log10(1 + (t - instants[i - 1]) * 1000);
    places.set(t, total);
  });
  const place = (t) => (everyEvent ? places.get(t) / (total || 1) : t / end);
  const x = (t) => LEFT + (place(t) - from) * zoom * (width - LEFT - RIGHT);
  const clock = (t) => (t >= 60 ? `${Math.floor(t / 60)}m ${(t % 60).toFixed(t < 600 ? 3 : 1)}s`
                                : `${t.toFixed(t < 10 ? 4 : 3)}s`);

  // --- What becomes a bar, a tick, a state.
  const who = (e) => `${e.n} ${e.r}`.trim() || "cluster";
  const laneOf = (e) => (e.n && e.r ? who(e) : "cluster");
  const lanes = [...new Set(["cluster", ...data.lanes])];
  const shape = (list) => {
    const bars = [], ticks = [], states = [], open = new Map(), asked = new Map(), state = new Map();
    list.forEach((e, i) => {
      const lane = laneOf(e);
      const close = (entry, how) => {
        const key = `${lane} ${entry}`;
        const bar = open.get(key);
        if (bar) Object.assign(bar, { until: e.t, how });
        open.delete(key);
      };
      if (e.k === "entry") {
        const bar = { lane, from: e.t, until: end, name: e.x, event: i, how: "cut", row: 0 };
        open.set(`${lane} ${e.x}`, bar);
        bars.push(bar);
      } else if (e.k === "end") {
        close(e.x, e.bad ? "failed" : e.cut ? "cut" : "");
      } else if (e.k === "gone") {
        for (const [key, bar] of open) {
          if (key.startsWith(`${e.n} `)) {
            Object.assign(bar, { until: e.t, how: "cut" });
            open.delete(key);
          }
        }
        for (const [key, s] of state) {
          if (!key.startsWith(`${e.n} `)) continue;
          s.until = e.t;
          state.delete(key);
        }
      } else if (e.k === "call") {
        const tick = { lane, from: e.t, until: null, name: e.x, event: i, bad: false };
        asked.set(`${lane} ${e.x.split(" ")[0]}`, tick);
        ticks.push(tick);
      } else if (e.k === "reply") {
        const tick = asked.get(`${lane} ${e.o || e.x.split(":")[0]}`);
        if (tick) Object.assign(tick, { until: e.t, bad: !!e.bad, reply: i });
        asked.delete(`${lane} ${e.o || e.x.split(":")[0]}`);
      } else if (e.k === "state") {
        const name = e.x.split(/[ :]/)[0];
        const last = state.get(lane);
        if (last && last.name === name) return;
        if (last) last.until = e.t;
        const now = { lane, from: e.t, until: end, name, event: i };
        state.set(lane, now);
        states.push(now);
      }
    });
    return { bars, ticks, states };
  };
  const run = shape(events), nominal = shape(ghosts);

  const patterns = {
    Online: ["#d8efe6", ""], Offline: ["#eceff1", "M0 4h8"], Failed: ["#fbe3d3", "M0 0l8 8M8 0l-8 8"],
    OnlinePending: ["#e3f1fb", "M-2 10l12-12M-2 2l4-4M6 10l4-4"],
    OfflinePending: ["#fdf2d6", "M-2 -2l12 12M6-2l4 4M-2 6l4 4"], Initializing: ["#ffffff", "M4 0v8"],
  };
  const defs = (svg) => {
    const d = make("defs", {}, svg);
    for (const [name, [fill, path]] of Object.entries(patterns)) {
      const p = make("pattern", { id: `p${name}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, d);
      make("rect", { width: 8, height: 8, fill }, p);
      if (path) make("path", { d: path, stroke: name === "Failed" ? "#d55e00" : "#7b8791", "stroke-width": 0.9, fill: "none" }, p);
    }
    const clip = make("clipPath", { id: "inside" }, d);
    make("rect", { x: LEFT - 9, y: 0, width: Math.max(width - LEFT, 1), height: 100000 }, clip);
  };

  // --- Drawing.
  const chart = document.getElementById("chart");
  const hit = (element, event) => {
    element.classList.add("hit");
    if (event === chosen) element.classList.add("chosen");
    element.addEventListener("click", (e) => { choose(event); e.stopPropagation(); });
    make("title", {}, element, `${clock(events[event].t)} ${events[event].x}`);
  };
  const drawTick = (parent, tick, y) => {
    const at = x(tick.from);
    if (at < LEFT - 9 || at > width + 9) return;
    const g = make("g", { class: tick.bad ? "op bad" : "op" }, parent);
    if (tick.until === null) {
      make("rect", { x: at - 4, y: y + 4, width: 8, height: 8, "stroke-dasharray": "2 1.5" }, g);
    } else if (tick.bad) {
      make("path", { d: `M${at - 4} ${y + 4}l8 8m0 -8l-8 8` }, g);
    } else {
      make("path", { d: `M${at} ${y + 2}v12` }, g);
    }
    make("rect", { x: at - 5, y, width: 10, height: OPS, fill: "transparent", stroke: "none" }, g);
    hit(g, tick.event);
  };
  // The texts of one row: each is cut where the next mark begins.
  const row = (parent, className, y, marks) => (at, text) => {
    const next = Math.min(...marks.map((e) => x(e.t)).filter((m) => m > at + 1), width);
    const room = Math.floor((next - at - 22) / 7);
    if (room < 4) return;
    make("text", { class: className, x: at + 11, y }, parent,
      text.length > room ? `${text.slice(0, room - 1)}\u2026` : text);
  };
  const drawMarks = (inside, lane, y) => {
    const marks = events.filter((e) => laneOf(e) === lane && ["fault", "violation", "told"].includes(e.k));
    const say = row(inside, "faulttext", y + 12, marks), tell = row(inside, "small", y + 16, marks);
    events.forEach((e, i) => {
      if (laneOf(e) !== lane) return;
      const at = x(e.t);
      if (e.k === "fault") {
        const g = make("g", { class: "fault" }, inside);
        make("path", { d: `M${at} ${y + 1}l8 14h-16z` }, g);
        make("text", { x: at - 1.5, y: y + 13, fill: "#fff", stroke: "none", "font-weight": 700, "font-size": 10 }, g, "!");
        say(at, e.x);
        hit(g, i);
      } else if (e.k === "violation") {
        const g = make("g", { class: "violation" }, inside);
        make("path", { d: `M${at} ${y}l8 8l-8 8l-8 -8z` }, g);
        say(at, e.x.split(":")[0]);
        hit(g, i);
      } else if (e.k === "told") {
        hit(make("circle", { class: "told", cx: at, cy: y + 12, r: 4 }, inside), i);
        tell(at, lane === "cluster" && e.n ? `${who(e)} ${e.x}` : e.x);
      }
    });
  };
  const drawLane = (svg, inside, lane, y, height) => {
    make("rect", { class: "lane", x: 0, y, width, height }, svg);
    make("text", { class: "name", x: 10, y: y + (lane.includes(" ") ? FAULT + 13 : 16) }, svg, lane);
    drawMarks(inside, lane, y);
    if (lane.includes(" ")) drawLife(inside, lane, y + FAULT);
  };
  const drawLife = (inside, lane, y) => {
    for (const s of run.states.filter((s) => s.lane === lane)) {
      const a = x(s.from), b = x(s.until);
      const r = make("rect", { x: a, y: y + 2, width: Math.max(b - a, 1), height: STATE - 2,
        fill: patterns[s.name] ? `url(#p${s.name})` : "#fff", stroke: "#9aa5ad" }, inside);
      hit(r, s.event);
      if (b - a > s.name.length * 6 + 8) {
        const w = s.name.length * 6 + 6;
        make("rect", { x: Math.max(a, LEFT) + 3, y: y + 3, width: w, height: STATE - 4, fill: "#fff", opacity: 0.85, "pointer-events": "none" }, inside);
        make("text", { class: "small", x: Math.max(a, LEFT) + 6, y: y + 13 }, inside, s.name);
      }
    }
    const barY = y + STATE + 3;
    if (showGhost) {
      for (const b of nominal.bars.filter((b) => b.lane === lane)) {
        make("rect", { class: "ghost", x: x(b.from), y: barY - 2, width: Math.max(x(b.until) - x(b.from), 2), height: BAR + 2, rx: 2 }, inside);
      }
      for (const t of nominal.ticks.filter((t) => t.lane === lane)) {
        make("path", { class: "ghost", d: `M${x(t.from)} ${barY + BAR + 2}v${OPS - 4}` }, inside);
      }
    }
    for (const b of run.bars.filter((b) => b.lane === lane)) {
      const a = x(b.from), w = Math.max(x(b.until) - a, 4);
      const r = make("rect", { class: `bar ${b.how}`, x: a, y: barY, width: w, height: BAR - 2, rx: 2 }, inside);
      hit(r, b.event);
      if (w > b.name.length * 6) make("text", { class: "small", x: Math.max(a, LEFT) + 4, y: barY + 14 }, inside, b.name);
    }
    for (const t of run.ticks.filter((t) => t.lane === lane)) drawTick(inside, t, barY + BAR);
  };
  const drawAxis = (svg, inside, height) => {
    const g = make("g", { class: "axis" }, inside);
    let last = -100;
    const steps = everyEvent ? instants : Array.from({ length: 41 }, (_, i) => (end * i) / 40);
    for (const t of steps) {
      const at = x(t);
      if (at < LEFT || at > width - 60 || at - last < 88) continue;
      last = at;
      make("line", { x1: at, x2: at, y1: TOP - 6, y2: height }, g);
      make("text", { x: at + 3, y: TOP - 10 }, g, clock(t));
    }
    make("text", { x: 10, y: TOP - 10, fill: "#5c6670" }, svg, everyEvent ? "every event" : "true time");
  };
  const draw = () => {
    width = Math.max(chart.clientWidth, 400);
    const laneHeight = (lane) => (lane === "cluster" || !lane.includes(" ") ? 28 : FAULT + STATE + BAR + OPS + 8);
    const height = TOP + lanes.reduce((sum, l) => sum + laneHeight(l) + GAP, 0);
    const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": data.title });
    defs(svg);
    const back = make("g", {}, svg);
    const inside = make("g", { "clip-path": "url(#inside)" }, svg);
    let y = TOP;
    for (const lane of lanes) {
      drawLane(back, inside, lane, y, laneHeight(lane));
      y += laneHeight(lane) + GAP;
    }
    drawAxis(svg, back, y);
    if (chosen >= 0) make("line", { class: "cursor", x1: x(events[chosen].t), x2: x(events[chosen].t), y1: TOP - 6, y2: y }, inside);
    chart.replaceChildren(svg);
  };

  // --- Invariants: held, violated, or never put to the test.
  const strip = document.getElementById("invariants");
  for (const v of data.invariants) {
    const how = v.violated ? "violated" : v.count > 0 ? "held" : "idle";
    const chip = node("button", how, strip, `${{ violated: "\u2716", held: "\u2713", idle: "\u00b7" }[how]} ${v.name}`);
    chip.title = how === "idle" ? "never put to the test in this run" : `${how}, ${v.count} evaluations`;
    chip.disabled = !v.violated;
    chip.addEventListener("click", () => choose(events.findIndex((e) => e.k === "violation")));
  }

  // --- Panes.
  const panes = document.getElementById("panes");
  const lists = {};
  const pane = (key, title, lines, numbered) => {
    const section = node("div", `pane${numbered ? " numbered" : ""}`, panes);
    node("h2", "", section, title);
    lists[key] = node("ol", "", section);
    lists[key].tabIndex = 0;
    for (const line of lines) node("li", "", lists[key], line || " ");
  };
  const logOf = new Map();
  pane("log", data.logTitle, [], false);
  events.forEach((e, i) => {
    if (e.k === "end" || e.k === "gone") return;
    const li = node("li", e.k === "fault" || e.k === "violation" ? "link bad" : "link", lists.log,
      `${clock(e.t).padStart(11)}  ${who(e).padEnd(8)} ${{ fault: "FAULT ", violation: "VIOLATED ", entry: "call  ", reply: "  -> ", call: "  " }[e.k] || ""}${e.x}`);
    li.addEventListener("click", () => choose(i));
    logOf.set(i, li);
  });
  data.sources.forEach((s, n) => pane(`source${n}`, s.name, s.lines, true));

  const highlight = (list, li) => {
    for (const old of list.querySelectorAll(".chosen")) old.classList.remove("chosen");
    if (!li) return;
    li.classList.add("chosen");
    list.scrollTop = li.offsetTop - list.offsetTop - list.clientHeight / 2;
  };
  const choose = (i) => {
    if (i < 0 || i >= events.length) return;
    chosen = i;
    const e = events[i];
    const at = (place(e.t) - from) * zoom;
    if (at < 0 || at > 1) from = Math.max(0, Math.min(place(e.t) - 0.5 / zoom, 1 - 1 / zoom));
    document.getElementById("now").textContent =
      `${clock(e.t)}  ${who(e)}  ${e.x}${e.w ? `\n${e.w}` : ""}${e.p ? `\n${data.planName}:${e.p}` : ""}`;
    highlight(lists.log, logOf.get(i) || logOf.get(i - 1));
    data.sources.forEach((s, n) => {
      const list = lists[`source${n}`];
      const [file, line] = (e.w || "").split(":");
      const number = s.plan ? e.p : file === s.name ? Number(line) : 0;
      highlight(list, number ? list.children[number - 1] : null);
    });
    draw();
  };
  const step = (direction, wanted) => {
    for (let i = chosen + direction; i >= 0 && i < events.length; i += direction) {
      if (wanted(events[i])) return choose(i);
    }
  };
  const scale = (factor, about) => {
    const next = Math.max(1, Math.min(zoom * factor, 4000));
    from = about - (about - from) * (zoom / next);
    zoom = next;
    from = Math.max(0, Math.min(from, 1 - 1 / zoom));
    draw();
  };
  const middle = () => (chosen >= 0 ? place(events[chosen].t) : from + 0.5 / zoom);
  const keys = {
    ArrowRight: () => step(1, (e) => logOf.has(events.indexOf(e))),
    ArrowLeft: () => step(-1, (e) => logOf.has(events.indexOf(e))),
    f: () => step(1, (e) => e.k === "fault" || e.k === "violation"),
    F: () => step(-1, (e) => e.k === "fault" || e.k === "violation"),
    e: () => step(1, (e) => e.k === "entry"),
    E: () => step(-1, (e) => e.k === "entry"),
    "+": () => scale(1.6, middle()), "=": () => scale(1.6, middle()), "-": () => scale(1 / 1.6, middle()),
    0: () => { zoom = 1; from = 0; draw(); },
    t: () => { everyEvent = !everyEvent; zoom = 1; from = 0; draw(); },
    g: () => { showGhost = !showGhost; draw(); },
    Home: () => choose(0), End: () => choose(events.length - 1),
  };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || !keys[e.key]) return;
    keys[e.key]();
    e.preventDefault();
  });
  chart.addEventListener("wheel", (e) => {
    const about = from + (e.offsetX - LEFT) / (width - LEFT - RIGHT) / zoom;
    if (e.shiftKey) { from = Math.max(0, Math.min(from + e.deltaY / 1000 / zoom, 1 - 1 / zoom)); draw(); }
    else scale(e.deltaY < 0 ? 1.25 : 0.8, about);
    e.preventDefault();
  }, { passive: false });
  let dragged = null;
  chart.addEventListener("pointerdown", (e) => { dragged = e.clientX; });
  window.addEventListener("pointerup", () => { dragged = null; });
  chart.addEventListener("pointermove", (e) => {
    if (dragged === null || zoom === 1 || Math.abs(e.clientX - dragged) < 2) return;
    from = Math.max(0, Math.min(from - (e.clientX - dragged) / (width - LEFT - RIGHT) / zoom, 1 - 1 / zoom));
    dragged = e.clientX;
    draw();
  });

  // --- Legend and title.
  const legend = document.getElementById("legend");
  const entry = (text, paint) => {
    const span = node("span", "", legend);
    paint(make("svg", { viewBox: "0 0 22 14" }, span));
    span.append(text);
  };
  for (const name of ["OnlinePending", "Online", "OfflinePending", "Offline", "Failed"]) {
    entry(name, (s) => make("rect", { x: 1, y: 1, width: 20, height: 12, fill: `url(#p${name})`, stroke: "#9aa5ad" }, s));
  }
  entry("entry point", (s) => make("rect", { class: "bar", x: 1, y: 2, width: 20, height: 10, rx: 2 }, s));
  entry("it failed", (s) => make("rect", { class: "bar failed", x: 2, y: 2, width: 18, height: 10, rx: 2 }, s));
  entry("it was cut off", (s) => make("rect", { class: "bar cut", x: 1, y: 2, width: 20, height: 10, rx: 2 }, s));
  entry("operation", (s) => make("path", { class: "op", d: "M11 1v12" }, s));
  entry("it failed", (s) => make("path", { class: "op bad", d: "M7 3l8 8m0 -8l-8 8" }, s));
  entry("no answer", (s) => make("rect", { class: "op", x: 7, y: 3, width: 8, height: 8, "stroke-dasharray": "2 1.5" }, s));
  entry("fault", (s) => make("path", { class: "fault", d: "M11 0l8 14h-16z" }, s));
  entry("violation", (s) => make("path", { class: "violation", d: "M11 1l6 6l-6 6l-6 -6z" }, s));
  if (ghosts.length) entry("the nominal run", (s) => make("rect", { class: "ghost", x: 1, y: 2, width: 20, height: 10 }, s));
  document.title = data.title;
  document.getElementById("title").textContent = data.title;
  const verdict = document.getElementById("verdict");
  verdict.textContent = data.verdict;
  verdict.className = data.bad ? "bad" : "good";

  new ResizeObserver(draw).observe(chart);
  draw();
  const first = events.findIndex((e) => e.k === "fault" || e.k === "violation");
  choose(first >= 0 ? first : 0);
})();
