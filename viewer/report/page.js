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
      return this.rest.textContent.split("\n<tr").length - 2; // without the header's
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
    const field = document.querySelector(".tools input");
    if (!field) return;
    event.preventDefault();
    field.focus();
  });
})();
