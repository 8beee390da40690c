"use strict";
// What the page can do where scripts run: tables in pages, sorted and filtered; the navigation.
// Every fact stands in the page without it. Texts stay texts: nothing is made of markup but the
// page's own rows, which it escaped.
(() => {
  const ROWS = 100;
  const UNITS = {ns: 1, us: 1e3, ms: 1e6, s: 1e9, B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30,
    TiB: 2 ** 40, "%": 1};
  const collator = new Intl.Collator("en", {numeric: true});

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  // "12.3 us" in nanoseconds; what is no number comes last.
  function valueOf(text) {
    const parts = /^([-+]?[0-9.]+(?:e[-+]?[0-9]+)?) ?(\S*)/.exec(text);
    return parts ? parseFloat(parts[1]) * (UNITS[parts[2]] ?? 1) : Infinity;
  }

  class Table {
    constructor(region) {
      this.region = region;
      this.table = region.querySelector("table");
      this.body = this.table.tBodies[0];
      this.rest = region.querySelector("noscript");
      this.rows = [...this.body.rows];
      this.count = this.rows.length + (this.rest ? this.restCount() : 0);
      this.shown = null;
      this.start = 0;
      if (this.count > 1) this.makeSortable();
      if (this.count > 10) this.makeTools();
    }

    restCount() {
      return this.rest.textContent.split("\n<tr").length - 1; // the header begins no line
    }

    // The rows that the page keeps back, once they are needed.
    all() {
      if (this.rest) {
        const parsed = new DOMParser().parseFromString(this.rest.textContent, "text/html");
        this.rows.push(...parsed.querySelector("tbody").rows);
        this.rest = null;
      }
      return this.rows;
    }

    texts() {
      this.cachedTexts ??= new Map(this.all().map(row => [row, row.textContent.toLowerCase()]));
      return this.cachedTexts;
    }

    makeSortable() {
      for (const [i, header] of [...this.table.tHead.rows[0].cells].entries()) {
        if (header.textContent.trim() === "") continue;
        const button = make("button", {type: "button"}, ...header.childNodes);
        button.addEventListener("click", () => this.sort(i));
        header.replaceChildren(button);
      }
    }

    makeTools() {
      const name = this.region.getAttribute("aria-label");
      this.filter = make("input", {type: "search", placeholder: "filter", spellcheck: false});
      this.filter.setAttribute("aria-label", "Filter: " + name);
      this.filter.addEventListener("input", () => this.choose());
      this.status = make("span", {});
      this.status.setAttribute("role", "status");
      this.back = make("button", {type: "button"}, "Back");
      this.next = make("button", {type: "button"}, "Next");
      this.back.addEventListener("click", () => this.show(this.start - ROWS));
      this.next.addEventListener("click", () => this.show(this.start + ROWS));
      const tools = make("div", {className: "tools"}, this.filter, this.status);
      if (this.count > ROWS) tools.append(this.back, this.next);
      this.region.before(tools);
      this.say(this.count);
    }

    // Every word must stand somewhere in a row.
    choose() {
      const words = (this.filter?.value ?? "").toLowerCase().split(/\s+/).filter(word => word);
      const texts = this.texts();
      this.shown = this.sorted ?? this.all();
      if (words.length)
        this.shown = this.shown.filter(row => words.every(word => texts.get(row).includes(word)));
      this.show(0);
    }

    sort(column) {
      const header = this.table.tHead.rows[0].cells[column];
      const descending = header.getAttribute("aria-sort") === "ascending";
      const isNumber = header.classList.contains("n");
      for (const other of this.table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const keyed = this.all().map((row, i) => {
        const text = row.cells[column].textContent;
        return {row, i, text, value: isNumber ? valueOf(text) : 0};
      });
      keyed.sort((a, b) => {
        const order = isNumber ? a.value - b.value || 0 : collator.compare(a.text, b.text);
        return (descending ? -order : order) || a.i - b.i;
      });
      this.sorted = keyed.map(entry => entry.row);
      this.choose();
    }

    show(start) {
      const rows = this.shown ?? this.all();
      this.start = Math.max(0, start < rows.length ? start : this.start);
      this.body.replaceChildren(...rows.slice(this.start, this.start + ROWS));
      if (this.status) this.say(rows.length);
    }

    say(count) {
      const end = Math.min(this.start + ROWS, count);
      const which = count > ROWS ? `${this.start + 1} to ${end} of ${count}` : `${count}`;
      this.status.textContent = count < this.count ? `${which} rows, of ${this.count}`
        : `${which} rows`;
      this.back.disabled = this.start === 0;
      this.next.disabled = end >= count;
    }
  }

  // ns as people are shown it, with three digits that matter.
  function duration(ns) {
    const [unit, size] = Math.abs(ns) < 1e3 ? ["ns", 1] : Math.abs(ns) < 1e6 ? ["us", 1e3]
      : Math.abs(ns) < 1e9 ? ["ms", 1e6] : ["s", 1e9];
    const value = ns / size;
    if (ns === 0) return "0";
    return unit === "ns" ? `${ns} ns`
      : `${value.toFixed(Math.abs(value) < 9.995 ? 2 : Math.abs(value) < 99.95 ? 1 : 0)} ${unit}`;
  }

  // Where there is room, lanes are taller.
  const RUN_HEIGHT = 24, LANE_HEIGHT = 26, TALL_HEIGHT = 44, TALL_AT_MOST = 6, THREAD_HEIGHT = 14;
  const AXIS_HEIGHT = 22;
  const LETTER = 6.6, LEAST_SPAN = 100;
  const PHASES = ["loader", "constructors", "program", "change", "program"];
  const TICKS = {start: "load", exec: "load", load: "load", failed: "bad", entry: "add",
    mark: "change", exit: "soft"};
  const COLORS = ["panel", "text", "soft", "line", "stripe", "link", "mark", "loader",
    "constructors", "program", "load", "computing", "ink", "waiting", "bad", "add", "change"];

  // Lanes from the page's data. What is drawn of a process is in the order of time.
  function readLanes(runs) {
    const lanes = [], count = runs.reduce((sum, run) => sum + run.processes.length, 0);
    const height = count > TALL_AT_MOST ? LANE_HEIGHT : TALL_HEIGHT;
    runs.forEach((run, number) => {
      const name = `${"AB"[number]}: run ${run.run}`;
      if (runs.length > 1) lanes.push({kind: "run", height: RUN_HEIGHT, name, bars: []});
      const processes = run.processes.map(([title, pid, depth, from, to, open, exit, command,
        unseen]) => ({kind: "process", height, name: title, pid, depth, from, to, open,
        exit, command, unseen, run: runs.length > 1 ? name : "", bars: [], phases: [],
        exceptions: [], looks: [], threads: []}));
      const threads = run.threads.map(([process, tid, from, to, title, main]) => {
        const thread = {kind: "thread", height: THREAD_HEIGHT, name: title || `thread ${tid}`, tid,
          from: from ?? 0, to: to ?? run.wall, process: processes[process], bars: [], looks: []};
        if (!main) processes[process].threads.push(thread);
        return main ? processes[process] : thread;
      });
      for (const [process, kind, from, to, title] of run.phases)
        processes[process].phases.push({kind, from, to, title});
      for (const [process, what, from, to, held, cpu, title, tid, open, looks] of run.bars)
        processes[process].bars.push({what: run.whats[what], from, to, held, cpu, name: title, tid,
          open, looks});
      for (const [process, at, title, place, tid] of run.exceptions)
        processes[process].exceptions.push({at, name: title, place, tid});
      for (const [process, at, thread, computing] of run.looks)
        (threads[thread] ?? processes[process]).looks.push({at, computing});
      for (const process of processes) lanes.push(process, ...process.threads);
    });
    let top = AXIS_HEIGHT;
    for (const lane of lanes) {
      lane.top = top;
      top += lane.height;
    }
    return lanes;
  }

  // The first item of a sorted list for which `isIt` holds.
  function firstOf(count, isIt) {
    let low = 0, high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isIt(middle)) high = middle; else low = middle + 1;
    }
    return low;
  }

  class Timeline {
    constructor(root) {
      this.root = root;
      this.lanes = readLanes(JSON.parse(root.querySelector("script").textContent));
      this.bars = this.lanes.flatMap(lane => lane.bars.map((bar, i) => ({lane, bar, i})));
      this.end = Math.max(1, ...this.lanes.filter(lane => lane.kind === "process").map(
        lane => lane.to));
      this.from = 0;
      this.to = this.end;
      this.height = this.lanes.reduce((sum, lane) => sum + lane.height, AXIS_HEIGHT);
      this.matches = null;
      this.makeElements();
      new ResizeObserver(() => this.draw()).observe(this.scroll);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
      this.draw();
    }

    makeElements() {
      const button = (text, label, act) => {
        const made = make("button", {type: "button"}, text);
        made.setAttribute("aria-label", label);
        made.addEventListener("click", act);
        return made;
      };
      this.search = make("input", {type: "search", placeholder: "search", spellcheck: false});
      this.search.setAttribute("aria-label", "Search the timeline");
      this.search.addEventListener("input", () => this.find());
      this.search.addEventListener("keydown", event => {
        if (event.key === "Enter") this.nextMatch(event.shiftKey ? -1 : 1);
      });
      this.status = make("span", {});
      this.status.setAttribute("role", "status");
      this.tools = make("div", {className: "tools"}, this.search,
        button("\u2212", "Zoom out", () => this.zoom(2)),
        button("+", "Zoom in", () => this.zoom(.5)),
        button("All", "Show all", () => this.showAll()), this.status);
      this.canvas = make("canvas", {});
      this.canvas.setAttribute("aria-hidden", "true");
      this.spacer = make("div", {});
      this.scroll = make("div", {className: "scroll", tabIndex: 0}, this.canvas, this.spacer);
      this.scroll.setAttribute("role", "application");
      this.scroll.setAttribute("aria-label", "Timeline. Left and right arrow go from event to " +
        "event, up and down from lane to lane; plus and minus zoom, with shift the arrows move; " +
        "enter zooms to an event, 0 shows all.");
      this.tip = make("div", {className: "tip", hidden: true});
      this.chosen = make("p", {className: "chosen note"});
      this.chosen.setAttribute("role", "status");
      this.root.classList.add("live");
      this.root.parentElement.classList.add("scripted");
      this.root.append(this.scroll, this.tip);
      this.root.before(this.tools);
      this.root.after(this.chosen);
      this.scroll.addEventListener("scroll", () => this.draw());
      this.scroll.addEventListener("keydown", event => this.key(event));
      this.scroll.addEventListener("wheel", event => this.wheel(event), {passive: false});
      this.scroll.addEventListener("pointermove", event => this.move(event));
      this.scroll.addEventListener("pointerleave", () => this.hideTip());
      this.scroll.addEventListener("pointerdown", event => this.press(event));
      this.scroll.addEventListener("pointerup", event => this.release(event));
      this.scroll.addEventListener("dblclick", () => this.fit());
      this.say();
    }

    say() {
      const {matches} = this, all = this.bars.length;
      this.status.textContent = matches ? `${matches.length} of ${all} events` : `${all} events`;
      Object.assign(this.root.dataset, {bars: all, lanes: this.lanes.length,
        matches: matches ? matches.length : "", from: this.from, to: this.to});
    }

    // Geometry.
    x(ns) {
      return this.gutter + (ns - this.from) / (this.to - this.from) * (this.width - this.gutter);
    }

    timeAt(x) {
      return this.from + (x - this.gutter) / (this.width - this.gutter) * (this.to - this.from);
    }

    laneAt(y) {
      const i = firstOf(this.lanes.length, at => this.lanes[at].top + this.lanes[at].height > y);
      return y >= AXIS_HEIGHT + this.scroll.scrollTop ? this.lanes[i] : undefined;
    }

    setView(from, to) {
      const span = Math.min(Math.max(to - from, LEAST_SPAN), this.end);
      this.from = Math.min(Math.max(0, from), this.end - span);
      this.to = this.from + span;
      this.draw();
      this.say();
    }

    zoom(factor, at = this.selected ? Math.min(Math.max(this.selected.bar.from, this.from), this.to)
      : (this.from + this.to) / 2) {
      const span = Math.min(Math.max((this.to - this.from) * factor, LEAST_SPAN), this.end);
      const share = (at - this.from) / (this.to - this.from);
      this.setView(at - share * span, at + (1 - share) * span);
    }

    showAll() {
      this.setView(0, this.end);
    }

    fit() {
      if (!this.selected) return;
      const {from, to} = this.selected.bar, margin = Math.max(to - from, LEAST_SPAN) * .1;
      this.setView(from - margin, to + margin);
    }

    // Choosing.
    select(lane, i) {
      if (!lane || !lane.bars[i]) return;
      const bar = lane.bars[i], span = this.to - this.from;
      this.selected = {lane, i, bar};
      if (bar.from < this.from || bar.from > this.to) {
        this.from = Math.min(Math.max(0, bar.from - span / 3), this.end - span);
        this.to = this.from + span;
      }
      const {scrollTop, clientHeight} = this.scroll;
      if (lane.top < scrollTop + AXIS_HEIGHT) this.scroll.scrollTop = lane.top - AXIS_HEIGHT;
      else if (lane.top + lane.height > scrollTop + clientHeight)
        this.scroll.scrollTop = lane.top + lane.height - clientHeight;
      this.chosen.textContent = this.describe(lane, bar).join(" \u00b7 ");
      this.draw();
      this.say();
    }

    selectNear(lane, ns) {
      const i = firstOf(lane.bars.length, at => lane.bars[at].to >= ns);
      this.select(lane, Math.min(i, lane.bars.length - 1));
    }

    step(by) {
      if (this.selected) this.select(this.selected.lane, this.selected.i + by);
      else {
        const lane = this.lanes.find(one => one.bars.length > 0 &&
          one.top >= this.scroll.scrollTop + AXIS_HEIGHT);
        if (lane) this.selectNear(lane, this.from);
      }
    }

    stepLane(by) {
      if (!this.selected) return this.step(1);
      let i = this.lanes.indexOf(this.selected.lane) + by;
      while (this.lanes[i] && this.lanes[i].bars.length === 0) i += by;
      if (this.lanes[i]) this.selectNear(this.lanes[i], this.selected.bar.from);
      return undefined;
    }

    find() {
      const word = this.search.value.trim().toLowerCase();
      const has = text => text.toLowerCase().includes(word);
      this.matches = word === "" ? null : this.bars.filter(({lane, bar}) => has(bar.name) ||
        has(lane.name) || has(lane.command));
      this.matching = new Set(this.matches?.map(match => match.bar));
      this.match = -1;
      this.say();
      this.draw();
    }

    nextMatch(by) {
      if (!this.matches?.length) return;
      this.match = (this.match + by + this.matches.length) % this.matches.length;
      this.select(this.matches[this.match].lane, this.matches[this.match].i);
    }

    // What is known of a bar, of an exception, of a lane: lines.
    describe(lane, bar) {
      const length = bar.to - bar.from, held = bar.held ?? 0;
      const waited = bar.cpu === null ? null : Math.max(0, length - held - bar.cpu);
      return [`${bar.what === "load" || bar.what === "failed" || bar.what === "mark"
        ? bar.what + " " : ""}${bar.name}`, `${lane.run ? lane.run + ", " : ""}${lane.name} (${
        lane.pid})${bar.tid ? `, thread ${bar.tid}` : ""}`, `at ${(bar.from / 1e6).toFixed(3)} ms`,
      bar.what === "exit" ? "" : `${duration(length)} ${bar.open ? "until the end"
        : "until the next event"}`,
      waited === null || bar.what === "exit" ? ""
        : `computing ${duration(bar.cpu)}, waiting ${duration(waited)}`,
      held ? `held by the recorder ${duration(held)}` : "", bar.looks].filter(line => line);
    }

    describeLane(lane) {
      const lines = [lane.kind === "process" ? `${lane.name} (${lane.pid})` : lane.name];
      if (lane.kind === "run") return lines;
      lines.push(`${(lane.from / 1e6).toFixed(3)} to ${(lane.to / 1e6).toFixed(3)} ms, ${
        duration(lane.to - lane.from)}`);
      if (lane.kind === "thread") lines.push(`of ${lane.process.name} (${lane.process.pid})`);
      if (lane.exit) lines.push(lane.exit);
      if (lane.open) lines.push("its end was not seen");
      if (lane.unseen) lines.push("its loads were not observed");
      if (lane.command) lines.push(lane.command);
      return lines;
    }

    hit(event) {
      const box = this.scroll.getBoundingClientRect();
      const x = event.clientX - box.left, y = event.clientY - box.top + this.scroll.scrollTop;
      const lane = this.laneAt(y), ns = this.timeAt(x), reach = this.timeAt(x + 5) - ns;
      if (!lane) return null;
      if (x < this.gutter || lane.kind !== "process")
        return {lane, lines: this.describeLane(lane), x, y};
      const exception = lane.exceptions.find(one => Math.abs(one.at - ns) < reach);
      if (exception) return {lane, x, y, lines: [exception.name, exception.place,
        `at ${(exception.at / 1e6).toFixed(3)} ms, thread ${exception.tid}`].filter(line => line)};
      if (y < lane.top + 7) {
        const phase = lane.phases.find(one => one.from <= ns && ns <= one.to);
        if (phase?.title) return {lane, x, y, lines: [phase.title, `${(phase.from / 1e6).toFixed(3)
          } to ${(phase.to / 1e6).toFixed(3)} ms, ${duration(phase.to - phase.from)}`]};
      }
      let i = firstOf(lane.bars.length, at => lane.bars[at].to >= ns);
      if (i < lane.bars.length - 1 && Math.abs(lane.bars[i + 1].from - ns) < reach / 2) i++;
      const bar = lane.bars[i];
      if (!bar || bar.from > ns + reach) return {lane, lines: this.describeLane(lane), x, y};
      return {lane, i, lines: this.describe(lane, bar), x, y};
    }

    // Pointer, wheel, keys.
    move(event) {
      if (this.drag) {
        const moved = event.clientX - this.drag.x;
        this.drag.moved ||= Math.abs(moved) > 3;
        const by = moved / (this.width - this.gutter) * (this.drag.to - this.drag.from);
        if (this.drag.moved) this.setView(this.drag.from - by, this.drag.to - by);
      }
      const found = this.drag?.moved ? null : this.hit(event);
      if (!found) return this.hideTip();
      const [first, ...others] = found.lines;
      this.tip.replaceChildren(make("b", {}, first), ...others.map(line => make("div", {}, line)));
      this.tip.hidden = false;
      const left = Math.min(found.x + 14, this.width - this.tip.offsetWidth - 4);
      this.tip.style.left = `${Math.max(4, left)}px`;
      this.tip.style.top = `${found.y - this.scroll.scrollTop + 18}px`;
      return undefined;
    }

    hideTip() {
      this.tip.hidden = true;
    }

    press(event) {
      if (event.button !== 0) return;
      this.drag = {x: event.clientX, from: this.from, to: this.to, moved: false};
      this.scroll.setPointerCapture(event.pointerId);
    }

    release(event) {
      const found = this.drag && !this.drag.moved ? this.hit(event) : null;
      this.drag = null;
      if (found?.i !== undefined) this.select(found.lane, found.i);
    }

    wheel(event) {
      const box = this.scroll.getBoundingClientRect();
      if (event.ctrlKey || event.metaKey) {
        this.zoom(Math.exp(event.deltaY / 250), this.timeAt(event.clientX - box.left));
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        const by = event.deltaX / (this.width - this.gutter) * (this.to - this.from);
        this.setView(this.from + by, this.to + by);
      } else return;
      event.preventDefault();
    }

    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const span = this.to - this.from, shift = event.shiftKey;
      const acts = {
        ArrowLeft: () => shift ? this.setView(this.from - span / 5, this.to - span / 5)
          : this.step(-1),
        ArrowRight: () => shift ? this.setView(this.from + span / 5, this.to + span / 5)
          : this.step(1),
        ArrowUp: () => this.stepLane(-1), ArrowDown: () => this.stepLane(1),
        "+": () => this.zoom(.5), "=": () => this.zoom(.5), "-": () => this.zoom(2),
        0: () => this.showAll(), Enter: () => this.fit(),
        Home: () => this.setView(0, span), End: () => this.setView(this.end - span, this.end),
        Escape: () => {
          this.selected = null;
          this.chosen.textContent = "";
          this.draw();
        },
      };
      const act = acts[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    }

    // Drawing: what is within sight, and of what shares a pixel the first.
    draw() {
      const ratio = window.devicePixelRatio || 1, {canvas, scroll} = this;
      const height = Math.min(this.height, 512);
      this.width = scroll.clientWidth;
      this.gutter = Math.min(200, this.width * .3);
      scroll.style.height = `${height}px`;
      this.spacer.style.height = `${this.height - height}px`;
      canvas.style.width = `${this.width}px`;
      canvas.style.height = `${height}px`;
      if (canvas.width !== Math.round(this.width * ratio) ||
          canvas.height !== Math.round(height * ratio))
        Object.assign(canvas, {width: Math.round(this.width * ratio),
          height: Math.round(height * ratio)});
      const style = getComputedStyle(this.root);
      this.color = Object.fromEntries(COLORS.map(
        name => [name, style.getPropertyValue(`--${name}`)]));
      const context = this.context = canvas.getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      this.box("panel", 0, 0, this.width, height);
      context.font = `12px ${style.fontFamily}`;
      context.textBaseline = "middle";
      context.setTransform(ratio, 0, 0, ratio, 0, -scroll.scrollTop * ratio);
      const bottom = scroll.scrollTop + height;
      for (let i = firstOf(this.lanes.length, at => this.lanes[at].top + this.lanes[at].height >
        scroll.scrollTop); i < this.lanes.length && this.lanes[i].top < bottom; i++)
        this.drawLane(this.lanes[i]);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      this.drawAxis(height);
    }

    box(color, x, y, width, height) {
      this.context.fillStyle = this.color[color] ?? color;
      this.context.fillRect(x, y, width, height);
    }

    text(text, x, y, room, color) {
      const letters = Math.floor(room / LETTER);
      if (letters < 3 && text.length > letters) return;
      this.context.fillStyle = this.color[color];
      this.context.fillText(text.length > letters ? text.slice(0, letters - 1) + "\u2026" : text, x,
        y);
    }

    drawAxis(height) {
      const {context} = this, span = this.to - this.from;
      const count = Math.max(2, Math.floor((this.width - this.gutter) / 110));
      const power = 10 ** Math.floor(Math.log10(span / count));
      const tick = power * [1, 2, 5, 10].find(step => power * step >= span / count);
      this.box("stripe", 0, 0, this.width, AXIS_HEIGHT);
      for (let at = Math.ceil(this.from / tick) * tick; at <= this.to; at += tick) {
        const x = Math.round(this.x(at));
        context.globalAlpha = .55;
        this.box("line", x, AXIS_HEIGHT, 1, height);
        context.globalAlpha = 1;
        if (x < this.width - 60)
          this.text(duration(Math.round(at)), x + 4, AXIS_HEIGHT / 2, 60, "soft");
      }
      this.box("line", 0, AXIS_HEIGHT - 1, this.width, 1);
      this.box("line", this.gutter - 1, 0, 1, height);
    }

    drawLane(lane) {
      const {context} = this, middle = lane.top + lane.height / 2;
      const indent = lane.kind === "run" ? 8 : 8 + 10 * Math.min(lane.depth ??
        Math.min(lane.process.depth, 5) + 1, 6);
      if (lane.kind === "run") this.box("stripe", 0, lane.top, this.width, lane.height);
      context.save();
      context.beginPath();
      context.rect(this.gutter, lane.top, this.width - this.gutter, lane.height);
      context.clip();
      if (lane.kind === "process") this.drawProcess(lane);
      else if (lane.kind === "thread") this.drawThread(lane);
      context.restore();
      const pid = lane.kind === "process" ? ` ${lane.pid}` : "";
      const room = this.gutter - indent - 6, own = lane.name.length * LETTER;
      this.text(lane.name, indent, middle, room, lane.kind === "thread" ? "soft" : "text");
      if (own + pid.length * LETTER + 4 < room) this.text(pid, indent +
        context.measureText(lane.name).width, middle, room, "soft");
    }

    drawLooks(looks, y) {
      let last = -9;
      for (let i = firstOf(looks.length, at => looks[at].at >= this.from);
        i < looks.length && looks[i].at <= this.to; i++) {
        const x = this.x(looks[i].at);
        if (x - last < 3) continue;
        last = x;
        this.box(looks[i].computing ? "computing" : "soft", x - 1, y, 2, 2);
      }
    }

    drawThread(lane) {
      const from = Math.max(this.x(lane.from), this.gutter);
      const to = Math.min(this.x(lane.to), this.width);
      if (to < from) return;
      this.box("waiting", from, lane.top + 5, Math.max(1, to - from), 3);
      this.drawLooks(lane.looks, lane.top + 9);
    }

    drawProcess(lane) {
      for (const phase of lane.phases) {
        const from = Math.max(this.x(phase.from), this.gutter), to = Math.min(this.x(phase.to),
          this.width);
        if (to - from > .3) this.box(PHASES[phase.kind], from, lane.top + 3, to - from, 3);
      }
      let last = -9;
      const {bars} = lane, end = this.to;
      for (let i = firstOf(bars.length, at => bars[at].to >= this.from);
        i < bars.length && bars[i].from <= end; i++)
        last = this.drawBar(lane, bars[i], last);
      this.drawLooks(lane.looks, lane.top + lane.height - 4);
      for (const {at} of lane.exceptions) if (at >= this.from && at <= end)
        this.drawException(this.x(at), lane.top + lane.height / 2 + 1);
    }

    drawException(x, y) {
      const {context} = this;
      context.fillStyle = this.color.bad;
      context.beginPath();
      context.moveTo(x, y - 5);
      context.lineTo(x + 5, y);
      context.lineTo(x, y + 5);
      context.lineTo(x - 5, y);
      context.fill();
    }

    // Returns where the last event was drawn.
    drawBar(lane, bar, last) {
      const {context} = this, top = lane.top + 8, height = lane.height - 13, chosen = this.selected?.bar === bar;
      const from = Math.max(this.x(bar.from), this.gutter - 4), to = Math.min(this.x(bar.to),
        this.width);
      const matches = this.matches && this.matching.has(bar);
      context.globalAlpha = this.matches && !matches ? .25 : 1;
      if (to - from > .5) {
        const free = bar.to - bar.from - (bar.held ?? 0);
        const share = bar.cpu !== null && free > 0 ? Math.min(1, bar.cpu / free) : 0;
        const whole = this.x(bar.to) - this.x(bar.from);
        this.box(bar.cpu === null ? "program" : "waiting", from, top, to - from, height);
        const until = Math.min(this.x(bar.from) + whole * share, to);
        if (until > from) this.box("computing", from, top, until - from, height);
        if (to - from > 30)
          this.text(bar.name, from + 5, top + height / 2, to - from - 8,
            share > .5 ? "ink" : "text");
      }
      const at = this.x(bar.from);
      if (at - last >= .7 || matches || bar.what === "failed") {
        last = at;
        this.box(TICKS[bar.what], at, top, bar.what === "failed" ? 3 : 1.5, height);
      }
      context.globalAlpha = 1;
      if (matches || chosen) {
        context.strokeStyle = this.color[chosen ? "text" : "link"];
        context.lineWidth = chosen ? 2 : 1;
        context.strokeRect(at - .5, top - .5, Math.max(3, to - at + 1), height + 1);
      }
      return last;
    }
  }

  for (const root of document.querySelectorAll(".timeline"))
    root.trailTimeline = new Timeline(root);
  for (const region of document.querySelectorAll(".table"))
    if (!region.querySelector("table.fixed")) region.trailTable = new Table(region);

  // What a link leads to may stand in what is closed.
  function open(target) {
    for (let element = target; element; element = element.parentElement)
      if (element.tagName === "DETAILS") element.open = true;
    target?.scrollIntoView();
  }
  const openHash = () => {
    if (location.hash.length > 1) open(document.getElementById(location.hash.slice(1)));
  };
  addEventListener("hashchange", openHash);
  openHash();

  // The navigation says where the reader is.
  const links = new Map([...document.querySelectorAll("nav a")].map(
    link => [document.getElementById(link.hash.slice(1)), link]));
  const visible = new Set();
  const observer = new IntersectionObserver(entries => {
    for (const entry of entries)
      visible[entry.isIntersecting ? "add" : "delete"](entry.target);
    const first = [...links.keys()].find(section => visible.has(section));
    for (const [section, link] of links)
      if (section === first) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
  }, {rootMargin: "0px 0px -60% 0px"});
  for (const section of links.keys()) if (section) observer.observe(section);

  // Paper cannot be opened.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const element of closed) element.open = true;
  });
  addEventListener("afterprint", () => {
    for (const element of closed) element.open = false;
  });

  addEventListener("keydown", event => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey ||
        /^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
    const field = document.querySelector("#timeline input") ??
      document.querySelector(".tools input");
    if (!field) return;
    event.preventDefault();
    field.focus();
  });
})();
