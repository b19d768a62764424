// One answer, opened: what it was, its timeline, the answer typed again at any speed, bytes, charts.

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 10, 50];

class Detail {
  /** `about`: title, request (of the journal, or null), actions (more buttons), left (called on Escape). */
  constructor(track, about) {
    this.track = track;
    this.about = about;
    this.speed = 1;
    this.timeline = new Timeline(track, (step, ms) => { this.pause(); this.move(step, ms); }, about.left);
    this.answer = new AnswerView(track);
    this.charts = new Charts(track);
    this.inspector = h("section", { class: "card inspector", "aria-label": "The write at this place" });
    this._transport();
    this.node = h("article", { class: "detail", onkeydown: (event) => this._key(event) },
      this._header(), this._figures(),
      h("section", { class: "card timeline", "aria-label": "Timeline" }, this.timeline.node, this.transport),
      h("div", { class: "halves" },
        h("section", { class: "card" },
          h("h3", {}, "Answer", h("span", { class: "note" }, track.data.api || "")), this.answer.node),
        this.inspector),
      track.data.frames.length > 1 && h("section", { class: "card", "aria-label": "Charts" }, this.charts.node),
      this._request());
    if (track.isRunning) this._run(); else this.move(track.last, track.endMs);
  }

  close() { this.pause(); this.charts.close(); }

  // --- What stands there

  _header() {
    const { track, about } = this, { request } = track.data;
    const [how, kind] = endOf(track, about.request);
    const status = track.data.status || "no head";
    return h("header", { class: "title" },
      h("h2", {}, h("span", { class: "method" }, (about.request || request).method), " ", h("span", { class: "path" }, (about.request || request).path)),
      h("p", { class: "chips" },
        h("span", { class: `chip ${track.data.status >= 400 ? "bad" : "good"}` }, String(status)),
        h("span", { class: `chip ${kind}` }, how),
        h("span", { class: "chip plain" }, track.data.title),
        track.data.play > 1 && h("span", { class: "chip plain" }, `play ${track.data.play}`),
        ...track.data.faults.map((f) => h("span", { class: "chip fault", title: f.what }, f.fault)),
        ...(about.actions || [])),
      ...track.data.notes.map((note) => h("p", { class: "warn" }, note)),
      !track.data.exact && h("p", { class: "warn" }, "This play asked for the time of day: its bytes may differ from those that went out."),
      about.request && about.request.broken_off && h("p", { class: "warn" }, `${about.request.broken_off} after ${track.written} of ${plural(track.steps.length, "write")}`));
  }

  _figures() {
    const { track } = this;
    const gaps = track.gaps().sort((a, b) => a - b), late = track.lateness().sort((a, b) => a - b);
    const events = track.data.frames.filter((f) => f.kind === "event" && f.step <= track.last).length;
    const first = track.steps.findIndex((s) => s.kind === "body");
    const size = track.steps.slice(0, track.written).reduce((sum, s) => sum + s.bytes, 0);
    const figure = (name, value, title) => h("div", { title: title || null }, h("dt", {}, name), h("dd", {}, value));
    return h("dl", { class: "figures" }, track.isRunning && figure("These are", "as planned"),
      figure("First byte", first < 0 || first > track.last ? "–" : msText(track.times[first])),
      track.first("reasoning") !== null && figure("First reasoning", msText(track.first("reasoning"))),
      figure("First text", msText(track.first("text"))),
      figure("Gap p50", msText(percentile(gaps, 0.5))),
      figure("Gap p99", msText(percentile(gaps, 0.99))),
      late.length > 1 && figure("Late p99", msText(percentile(late, 0.99)), "How long behind its planned time a write was made"),
      figure("Events", events.toLocaleString("en")),
      figure("Writes", track.written === track.steps.length ? track.steps.length.toLocaleString("en") : `${track.written} of ${track.steps.length}`),
      figure("Bytes", bytesText(size)),
      figure("Duration", msText(track.endMs)));
  }

  _request() {
    const said = this.about.request, body = said ? said.body : this.track.data.request.body;
    if (!body && !said) return null;
    const value = said ? (body ? body.json ?? body.text ?? body.base64 : "") : body;
    let text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
    try { text = JSON.stringify(JSON.parse(text), null, 2); } catch { /* as it is */ }
    const headers = said ? said.headers.map(([name, v]) => `${name}: ${v}`).join("\n") : "";
    return h("details", { class: "card" }, h("summary", {}, "Request", h("span", { class: "note" }, "credentials are blotted")),
      headers && h("pre", { tabIndex: 0 }, headers), text && h("pre", { tabIndex: 0 }, text));
  }

  // --- Moving about

  _transport() {
    const { track } = this;
    this.playButton = h("button", { type: "button", class: "play", onclick: () => this.toggle() });
    this.range = h("input", { type: "range", min: 0, max: Math.max(1, Math.round(track.endMs * 1000)), step: 1, "aria-label": "Place in time",
      oninput: () => {
        this.pause();
        const ms = Number(this.range.value) / 1000;
        this.move(track.stepAt(ms), ms);
      } });
    this.clock = h("output", { class: "clock" });
    this.speedInput = h("input", { type: "number", min: 0.01, max: 1000, step: "any", value: 1, "aria-label": "Speed", size: 4,
      oninput: () => { this.speed = Math.min(1000, Math.max(0.01, Number(this.speedInput.value) || 1)); this._rebase(); } });
    const button = (text, label, act) => h("button", { type: "button", class: "quiet", "aria-label": label, title: label, onclick: act }, text);
    this.transport = h("div", { class: "transport" }, this.playButton, this.range, this.clock,
      h("span", { class: "speed" }, button("−", "Slower", () => this._gear(-1)), this.speedInput, "×", button("+", "Faster", () => this._gear(1))),
      h("span", { class: "zoom" }, button("⊖", "Zoom out", () => this.timeline.zoom(2)), button("⊕", "Zoom in", () => this.timeline.zoom(0.5)), button("⤢", "Whole answer", () => this.timeline.fit())),
      h("p", { id: "keys", class: "keys" }, keys("space", "play"), keys("← →", "write by write"), keys("+ − 0", "zoom"), keys("Esc", "back")));
    this._playing(false);
  }

  _gear(by) {
    const at = SPEEDS.findIndex((speed) => speed >= this.speed), index = (at < 0 ? SPEEDS.length - 1 : at) + (by > 0 && SPEEDS[at] > this.speed ? 0 : by);
    this.speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, index))];
    this.speedInput.value = this.speed;
    this._rebase();
  }

  _key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isField = /^(INPUT|TEXTAREA|SELECT|BUTTON|SUMMARY)$/.test(event.target.tagName) && event.target.type !== "range";
    if (event.key === " " && !isField) { event.preventDefault(); this.toggle(); }
    if (event.key === "Escape") { event.preventDefault(); this.about.left(); }
  }

  move(step, ms) {
    this.step = step;
    this.ms = ms;
    this.timeline.stand(step, ms);
    this.answer.show(step);
    this.range.value = Math.round(ms * 1000);
    this.range.setAttribute("aria-valuetext", clockText(ms));
    this.clock.textContent = `${(ms / 1000).toFixed(3)} / ${clockText(this.track.endMs)}`;
    this._inspect(step);
  }

  toggle() { if (this.frame) this.pause(); else this.play(); }

  play() {
    if (this.ms >= this.track.endMs) this.move(-1, 0);
    this._playing(true);
    this._rebase();
    const tick = () => {
      const ms = Math.min(this.track.endMs, this.base.ms + (performance.now() - this.base.at) * this.speed);
      this.move(this.track.stepAt(ms), ms);
      if (ms >= this.track.endMs) this.pause(); else this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
  }

  pause() {
    if (this.frame) cancelAnimationFrame(this.frame);
    this.frame = 0;
    this._playing(false);
  }

  _rebase() { this.base = { ms: this.ms, at: performance.now() }; }

  _playing(is) {
    this.playButton.textContent = is ? "❚❚" : "▶";
    this.playButton.setAttribute("aria-label", is ? "Pause" : "Play it again");
  }

  /** With a request that is being answered: what is due by now. What it comes to is told when it is done. */
  _run() {
    const { track } = this;
    const tick = () => {
      const ms = Math.min(track.nowMs(), track.spanMs);
      this.move(upTo(track.planned, ms) - 1, ms);
      this.frame = ms < track.spanMs ? requestAnimationFrame(tick) : 0;
    };
    this._playing(true);
    this.frame = requestAnimationFrame(tick);
  }

  // --- The write at this place

  _inspect(step) {
    if (step === this.inspected) return;
    this.inspected = step;
    const { track } = this;
    if (step < 0 || !track.steps[step]) {
      this.inspector.replaceChildren(h("h3", {}, "Write", h("span", { class: "note" }, "nothing yet")));
      return;
    }
    const write = track.steps[step], { bytes, kinds } = track.wire.of(step);
    const gap = track.times[step] - (step ? track.times[step - 1] : 0);
    const facts = [bytesText(write.bytes), `+${msText(gap)}`, `${track.data.clock === "recorded" ? "at" : "due"} ${clockText(write.at_ms)}`];
    if (track.hasWritten) facts.push(write.written_ms === null ? "never sent" : `sent ${clockText(write.written_ms)}`);
    if (write.flush) facts.push("by itself");
    if (write.kind !== "body") facts.push({ head: "head", end: "last chunk", outside: "outside the framing" }[write.kind]);
    const faults = track.data.faults.filter((fault) => fault.step === step);
    this.inspector.replaceChildren(
      h("h3", {}, `Write ${(step + 1).toLocaleString("en")}`, h("span", { class: "note" }, facts.join(" · "))),
      ...faults.map((fault) => h("p", { class: "warn" }, `${fault.fault}: ${fault.what}`)),
      h("ul", { class: "says" }, track.framesOf[step].slice(0, 12).map(frameRow),
        track.framesOf[step].length > 12 && h("li", { class: "hint" }, `and ${track.framesOf[step].length - 12} more`)),
      bytesView(bytes, kinds));
  }
}

const keys = (key, what) => h("span", {}, h("kbd", {}, key), ` ${what}`);

/** What a unit says, a row for each thing. */
function frameRow(frame) {
  const row = (lane, kind, text) => h("li", {}, h("i", { class: `dot ${lane}` }), h("b", {}, kind), h("span", {}, text));
  if (frame.says.length) {
    return frame.says.map((said) => row(LANE_OF[said.kind] || "other", said.kind, [said.name, said.text].filter(Boolean).join(" ")));
  }
  const [lane] = lanesOf(frame).keys();
  return row(lane, frame.kind === "event" ? frame.type || "event" : frame.kind === "pending" ? "unfinished" : frame.kind === "other" ? frame.type || "block" : frame.kind, frame.data.slice(0, 160));
}
