// Sessions and requests of a running server, as they come.

const KEPT = 200;

class Live {
  constructor(server, open) {
    this.server = server;
    this.open = open;
    this.sessions = [];
    this.cassettes = [];
    this.requests = new Map();
    this.name = "default";
    this.tab = "requests";
    this.opened = "";
    this.node = $("side");
    // A button that is pressed must not be another one when it is let go.
    this.node.addEventListener("pointerdown", () => { this.isHeld = true; });
    addEventListener("pointerup", () => { this.isHeld = false; });
    this.bar = h("div");
  }

  async start() {
    this.server.listen((type, told) => this._heard(type, told), (state) => this._state(state));
    await Promise.all([this._readSessions(), this._readCassettes()]);
  }

  get session() { return this.sessions.find((session) => session.name === this.name); }

  get rows() { return [...(this.requests.get(this.name) || new Map()).values()].sort((a, b) => b.number - a.number); }

  async choose(name) {
    this.name = name;
    if (!this.session) return;
    await this._readRequests(name);
    this.draw();
  }

  // --- What the server says

  async _readSessions() {
    this.sessions = (await this.server.get("/sessions")).sessions;
    if (!this.session) this.name = "default";
    await this._readRequests(this.name);
    this.draw();
  }

  async _readCassettes() {
    this.cassettes = (await this.server.get("/cassettes")).cassettes;
    this.draw();
  }

  async _readRequests(name) {
    const session = this.session, after = Math.max(0, (session?.requests || 0) - KEPT);
    const found = await this.server.get(`/sessions/${encodeURIComponent(name)}/requests?writes=false&after=${after}`);
    this.requests.set(name, new Map(found.requests.map((r) => [r.number, { ...r, target: r.path, broken_off: r.broken_off }])));
  }

  _heard(type, told) {
    if (type === "request" || type === "done") {
      const rows = this.requests.get(told.session) || new Map();
      this.requests.set(told.session, rows);
      rows.set(told.number, { ...rows.get(told.number), ...told, done: type === "done" });
      if (rows.size > KEPT) rows.delete(rows.keys().next().value);
      const session = this.sessions.find((one) => one.name === told.session);
      if (session) session.requests = Math.max(session.requests, told.number);
      this.later();
      this.open.heard(type, told);
    } else if (type === "recorded") this.open.heard(type, told);
    else if (type === "cassettes") this._again("_readCassettes");
    else if (type === "session" || type === "gap") {
      if (told.what === "reset" || told.what === "deleted") this.requests.delete(told.session);
      this._again("_readSessions");
    }
  }

  /** Once for many that come together. */
  _again(what) {
    this.waiting = this.waiting || new Set();
    if (this.waiting.has(what)) return;
    this.waiting.add(what);
    setTimeout(() => { this.waiting.delete(what); this[what]().catch((error) => this.open.failed(error)); }, 30);
  }

  _state(state) {
    const words = { live: "live", lost: "connection lost, trying again", refused: "refused" };
    $("state").className = state;
    $("state").textContent = words[state];
    if (state === "live" && this.wasLost) this._again("_readSessions");
    this.wasLost = state === "lost";
  }

  // --- What is seen

  later() {
    if (this.drawing) return;
    const wait = Math.max(0, (this.drawn || 0) + 100 - performance.now());
    this.drawing = setTimeout(() => {
      this.drawing = 0;
      if (this.isHeld) this.later(); else this.draw();
    }, wait);
  }

  draw() {
    const session = this.session;
    if (!session) return;
    this.drawn = performance.now();
    const focused = document.activeElement?.dataset?.key;
    this.node.replaceChildren(
      h("div", { class: "sessions" }, h("h2", {}, "Sessions"), h("ul", {}, this.sessions.map((one) => h("li", {},
        h("button", { type: "button", "data-key": `session ${one.name}`, "aria-pressed": String(one.name === this.name), onclick: () => this.choose(one.name).catch(this.open.failed) },
          h("span", {}, one.name), one.faults.length > 0 && h("i", { class: "flag", title: one.faults.join("; ") }, plural(one.faults.length, "fault")),
          h("small", {}, one.requests.toLocaleString("en"))))))),
      h("div", { class: "tabs", role: "group", "aria-label": "Show" }, [["requests", "Requests"], ["recordings", "Recordings"]].map(([tab, text]) =>
        h("button", { type: "button", "data-key": `tab ${tab}`, "aria-pressed": String(this.tab === tab), onclick: () => { this.tab = tab; this.draw(); } }, text))),
      this.tab === "requests" ? this._requests() : this._recordings());
    if (focused) [...this.node.querySelectorAll("[data-key]")].find((node) => node.dataset.key === focused)?.focus();
    const key = JSON.stringify([session.name, session.faults, session.pacing, session.base_url]);
    if (key !== this.barKey) {
      this.barKey = key;
      this.bar.replaceChildren(sessionBar(this.server, session, this.open.failed));
    }
    this.open.drawn();
  }

  _requests() {
    const rows = this.rows;
    if (!rows.length) return h("p", { class: "hint" }, "Nobody has asked yet.");
    return h("ol", { class: "rows", "aria-label": "Requests", onkeydown: roam }, rows.map((row) => {
      const key = `request ${row.session} ${row.number}`;
      const bad = row.broken_off || row.status >= 400 || row.status === 0;
      const note = row.done === false ? "streaming" : row.broken_off || `${bytesText(row.bytes)} in ${msText(row.seconds * 1000)}`;
      return h("li", {}, h("button", { type: "button", "data-key": key, class: row.done === false ? "running" : "", "aria-current": this.opened === key ? "true" : null, onclick: () => this.open.request(row) },
        h("span", { class: `status ${bad ? "bad" : ""}` }, row.status || "–"), h("span", { class: "what" }, `${row.method} ${row.target}`),
        h("small", {}, `#${row.number} · ${row.kind === "played" ? row.interaction : row.kind} · ${note}`),
        (row.faults || []).length > 0 && h("i", { class: "flag", title: row.faults.join("; ") }, row.faults[0].replace(/ at byte .*/, ""))));
    }));
  }

  _recordings() {
    return h("ol", { class: "rows", "aria-label": "Recordings", onkeydown: roam }, this.recordings.map((item) => {
      const key = `recording ${item.key}`;
      return h("li", {}, h("button", { type: "button", "data-key": key, "aria-current": this.opened === key ? "true" : null, onclick: () => this.open.recording(item.key) },
        h("span", { class: `status ${item.status >= 400 ? "bad" : ""}` }, item.status), h("span", { class: "what" }, item.key),
        h("small", {}, `${item.api || item.content_type || "?"} · ${plural(item.events, "event")} · ${msText(item.duration_ms)} · ${item.end}`)));
    }));
  }

  /** Those that the session plays. */
  get recordings() {
    const played = new Set(this.session?.cassettes || []);
    return this.cassettes.filter((c) => played.has(c.name)).flatMap((c) => c.interactions);
  }
}

/** Arrow keys go from row to row. */
function roam(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const next = buttons[buttons.indexOf(document.activeElement) + by];
  if (next) { event.preventDefault(); next.focus(); }
}
