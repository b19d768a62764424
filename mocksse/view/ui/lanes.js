// The timeline: a lane for each kind of thing that was said, the writes below, and one place in it that can be moved.

const GUTTER = 122, RULER = 28, FLAG = 21, LANE = 38, WIRE = 42, PAD = 14, LATER = 0.26;

class Timeline {
  /** `moved(step, ms)` hears where it was moved to, by hand. */
  constructor(track, moved, left) {
    this.track = track;
    this.moved = moved;
    this.left = left;
    this.step = track.last;
    this.ms = track.endMs;
    this.from = 0;
    this.to = track.spanMs * 1.02;
    this.canvas = h("canvas", {
      tabIndex: 0, role: "slider", "aria-label": "Timeline", "aria-valuemin": 0,
      "aria-valuemax": Math.max(track.steps.length, 1), "aria-describedby": "keys",
      onkeydown: (event) => this._key(event), onpointerdown: (event) => this._grab(event),
      onwheel: (event) => this._wheel(event), ondblclick: (event) => this._zoom(0.4, this._msAt(event)),
    });
    this.canvas.addEventListener("pointermove", (event) => { if (this.held) this._toPointer(event); });
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, () => { this.held = false; });
    this.node = h("div", { class: "lanes" }, this.canvas, h("ul", { class: "lane-names", "aria-label": "Lanes" }, track.shown.map((lane) =>
      h("li", {}, h("i", { class: `dot ${lane}` }), h("span", {}, TITLES[lane]), h("small", {}, track.lanes.get(lane).length.toLocaleString("en"))))));
    this.node.style.setProperty("--lane", `${LANE}px`);
    new ResizeObserver(() => this.draw()).observe(this.node);
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) media(query).addEventListener("change", () => { this.ink = null; this.draw(); });
  }

  /** Stand at that step and time. */
  stand(step, ms) {
    this.step = step;
    this.ms = ms;
    const { track } = this;
    const said = step < 0 ? "nothing yet" : (track.framesOf[step] || []).flatMap((f) => f.says.map((s) => s.text)).join(" ").slice(0, 80);
    this.canvas.setAttribute("aria-valuenow", step + 1);
    this.canvas.setAttribute("aria-valuetext", `write ${step + 1} of ${track.steps.length}, ${clockText(ms)}${said ? `, ${said}` : ""}`);
    this.draw();
  }

  fit() { this.from = 0; this.to = this.track.spanMs * 1.02; this.draw(); }

  get isFit() { return this.from === 0 && this.to === this.track.spanMs * 1.02; }

  zoom(factor) { this._zoom(factor, this.ms >= this.from && this.ms <= this.to ? this.ms : (this.from + this.to) / 2); }

  _zoom(factor, about) {
    const most = this.track.spanMs * 1.02;
    const width = Math.min(most, Math.max(0.5, (this.to - this.from) * factor));
    const share = (about - this.from) / (this.to - this.from);
    this._look(about - share * width, width);
  }

  _look(from, width) {
    this.from = Math.max(0, Math.min(from, this.track.spanMs * 1.02 - width));
    this.to = this.from + width;
    this.draw();
  }

  _wheel(event) {
    const width = this.to - this.from;
    if (event.ctrlKey || event.metaKey) this._zoom(Math.exp(event.deltaY / 300), this._msAt(event));
    else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) this._look(this.from + ((event.deltaX || event.deltaY) / 900) * width, width);
    else return;
    event.preventDefault();
  }

  _msAt(event) {
    const box = this.canvas.getBoundingClientRect();
    return this.from + ((event.clientX - box.left - this.gutter) / (box.width - this.gutter - PAD)) * (this.to - this.from);
  }

  _grab(event) {
    this.held = true;
    this.canvas.setPointerCapture(event.pointerId);
    this._toPointer(event);
  }

  _toPointer(event) {
    const ms = Math.max(0, Math.min(this._msAt(event), this.track.endMs));
    this.moved(this.track.stepAt(ms), ms);
  }

  _key(event) {
    const { track } = this, by = event.shiftKey ? 10 : 1;
    const go = (step) => {
      const to = Math.max(-1, Math.min(step, track.last));
      this.moved(to, to === track.last && step > to ? track.endMs : track.timeOf(to));
      this._follow();
    };
    const keys = {
      ArrowRight: () => go(this.step + by), ArrowLeft: () => go(this.step - by), ArrowUp: () => go(this.step + by), ArrowDown: () => go(this.step - by),
      PageUp: () => go(this.step + 20), PageDown: () => go(this.step - 20),
      Home: () => go(-1), End: () => go(track.last + 1),
      "+": () => this.zoom(0.5), "=": () => this.zoom(0.5), "-": () => this.zoom(2), 0: () => this.fit(),
      Escape: () => (this.isFit ? this.left() : this.fit()),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  }

  _follow() {
    if (this.ms < this.from || this.ms > this.to) this._look(this.ms - (this.to - this.from) / 2, this.to - this.from);
  }

  // --- Drawing

  get gutter() { return this.node.clientWidth < 560 ? GUTTER - 26 : GUTTER; }

  draw() {
    const width = this.node.clientWidth;
    if (!width) return;
    const scale = window.devicePixelRatio || 1, { canvas } = this, pen = canvas.getContext("2d");
    this.x = (ms) => this.gutter + ((ms - this.from) / (this.to - this.from)) * (width - this.gutter - PAD);
    this._placeFlags(pen, width);
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(this.height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(this.height * scale);
      canvas.style.height = `${this.height}px`;
    }
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, this.height);
    this.ink = this.ink || Object.fromEntries(["ink", "muted", "line", "soft", "bad", "accent", "surface", ...LANES].map((name) => [name, colour(name)]));
    this._ruler(pen, width);
    this._silences(pen, width);
    this._clip(pen, width, () => this.track.shown.forEach((lane, i) => this._lane(pen, lane, this.ruler + i * LANE)));
    this._wire(pen, width);
    this._clip(pen, width, () => { this._faults(pen); this._end(pen); this._head(pen); });
  }

  _clip(pen, width, draw) {
    pen.save();
    pen.beginPath();
    pen.rect(this.gutter - 6, 0, width - this.gutter + 6, this.height);
    pen.clip();
    draw();
    pen.restore();
  }

  _font(pen, size = 11, weight = 400, family = "ui") { pen.font = `${weight} ${size}px ${colour(`font-${family}`)}`; }

  _ruler(pen, width) {
    const room = (width - this.gutter) / 90, raw = (this.to - this.from) / room;
    const power = 10 ** Math.floor(Math.log10(raw));
    const every = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw);
    this._font(pen);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (let n = Math.ceil(this.from / every); n * every <= this.to; n += 1) {
      const x = this.x(n * every);
      pen.fillStyle = this.ink.line;
      pen.fillRect(Math.round(x), this.ruler - 5, 1, this.height - this.ruler - PAD + 5);
      pen.fillStyle = this.ink.muted;
      const ms = n * every;
      const text = every >= 100 ? `${+(ms / 1000).toFixed(3)} s` : `${+ms.toFixed(3)} ms`;
      pen.fillText(text, Math.min(x, width - PAD - 12), this.ruler - 14);
    }
  }

  /** Before the first byte, and where it stood still. */
  _silences(pen, width) {
    const top = this.ruler, bottom = this.height - PAD;
    this._clip(pen, width, () => {
      for (const [from, to] of this.track.stalls) {
        const left = this.x(from), right = this.x(to);
        pen.fillStyle = this.ink.soft;
        pen.fillRect(left + 3, top, Math.max(0, right - left - 6), bottom - top);
        if (right - left > 56) {
          this._font(pen, 11, 600);
          pen.fillStyle = this.ink.muted;
          pen.textAlign = "center";
          pen.textBaseline = "middle";
          pen.fillText(msText(to - from), Math.max(this.gutter + 30, (Math.max(left, this.gutter) + Math.min(right, width)) / 2), top + 10);
        }
      }
    });
  }

  _lane(pen, lane, top) {
    const middle = top + LANE / 2, room = this.x(this.to) - this.gutter;
    const entries = this.track.lanes.get(lane).filter(({ step }) => this._isSeen(this.track.times[step]));
    pen.fillStyle = this.ink.line;
    pen.fillRect(this.gutter, middle, room, 1);
    pen.fillStyle = this.ink[lane];
    pen.strokeStyle = this.ink[lane];
    if (entries.length > room / 4) { this._crowd(pen, entries, middle); return; }
    const thick = Math.max(2, Math.min(4, room / (entries.length * 1.6)));
    for (const entry of entries) {
      const size = Math.min(LANE - 8, 7 + 4.2 * Math.log2(1 + entry.size / 2));
      const grown = entry.step === this.step ? 2 : 0;
      pen.globalAlpha = entry.step > this.step ? LATER : 1;
      pen.beginPath();
      pen.roundRect(this.x(this.track.times[entry.step]) - (thick + grown) / 2, middle - (size + grown) / 2, thick + grown, size + grown, thick / 2);
      if (entry.step > this.track.last) pen.stroke(); else pen.fill();
    }
    pen.globalAlpha = 1;
    this._words(pen, entries, middle, thick);
  }

  _isSeen(ms) { return ms >= this.from && ms <= this.to; }

  /** Too many to be told apart: how much there is in each four pixels. */
  _crowd(pen, entries, middle) {
    const bins = new Map();
    for (const { step, size } of entries) {
      const x = Math.floor(this.x(this.track.times[step]) / 4) * 4, bin = bins.get(x) || { size: 0, step };
      bins.set(x, { size: bin.size + 1 + size, step: bin.step });
    }
    const most = Math.max(...[...bins.values()].map((bin) => bin.size));
    for (const [x, bin] of bins) {
      const size = 4 + (LANE - 12) * Math.sqrt(bin.size / most);
      pen.globalAlpha = bin.step > this.step ? LATER : 1;
      pen.beginPath();
      pen.roundRect(x, middle - size / 2, 3, size, 1.5);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }

  /** What was said, behind its bar, where there is room for it. */
  _words(pen, entries, middle, thick) {
    this._font(pen, 11);
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    const { stalls } = this.track;
    entries.forEach((entry, i) => {
      const at = this.track.times[entry.step];
      const left = this.x(at) + thick + 1, next = entries[i + 1];
      const room = (next ? this.x(this.track.times[next.step]) : this.node.clientWidth - PAD) - left - 4;
      if (room < 10) return;
      const text = (entry.frame.says.map((s) => s.text || s.name).join("") || entry.frame.type || entry.frame.data).replace(/\s+/g, " ").trim();
      const size = pen.measureText(text).width;
      if (!text || (size > room && room < 90)) return;
      pen.globalAlpha = 1;
      pen.fillStyle = stalls.some(([from, to]) => at >= from && at < to) ? this.ink.soft : this.ink.surface;
      pen.fillRect(left - 1, middle - 8, Math.min(size, room) + 2, 16);
      pen.fillStyle = this.ink.muted;
      pen.globalAlpha = entry.step > this.step ? 0.45 : 1;
      pen.fillText(size > room ? `${text.slice(0, Math.floor((text.length * room) / size) - 2)}…` : text, left, middle);
    });
    pen.globalAlpha = 1;
  }

  /** Each write twice: when it was due above, when it went out below, and a line from one to the other. */
  _wire(pen, width) {
    const { track } = this, top = this.height - PAD - WIRE + 8, both = track.hasWritten;
    const rows = both ? [["due", top + 8], ["sent", top + 24]] : [[track.data.clock === "recorded" ? "recorded" : "due", top + 16]];
    this._font(pen, 11);
    pen.textBaseline = "middle";
    for (const [name, y] of rows) {
      pen.fillStyle = this.ink.muted;
      pen.textAlign = "left";
      pen.fillText(name, 16, y);
      pen.fillStyle = this.ink.line;
      pen.fillRect(this.gutter, y, this.x(this.to) - this.gutter, 1);
    }
    this._clip(pen, width, () => {
      pen.lineWidth = 1;
      track.steps.forEach((step, i) => {
        if (!this._isSeen(step.at_ms) && !this._isSeen(track.times[i])) return;
        const due = this.x(step.at_ms), [, y] = rows[0];
        pen.globalAlpha = i > this.step ? 0.35 : 1;
        pen.fillStyle = this.ink.muted;
        pen.fillRect(due - 0.75, y - 4, 1.5, 8);
        if (!both || step.written_ms === null) return;
        const sent = this.x(step.written_ms), below = rows[1][1];
        pen.strokeStyle = this.ink.line;
        pen.beginPath();
        pen.moveTo(due, y + 4);
        pen.lineTo(sent, below - 4);
        pen.stroke();
        pen.fillStyle = this.ink.ink;
        pen.fillRect(sent - 0.75, below - 4, 1.5, 8);
      });
      pen.globalAlpha = 1;
    });
  }

  /** Flags stand above the times, one below the other where they would meet; the lanes begin below them. */
  _placeFlags(pen, width) {
    this._font(pen, 11, 600);
    const taken = [];
    this.flags = this.track.faults.map(([ms, names]) => {
      const x = this.x(ms), text = names.length > 1 ? `${names[0]} +${names.length - 1}` : names[0];
      const size = Math.min(pen.measureText(text).width + 14, 240), left = x + size > width - 4 ? x - size : x;
      const row = [0, 1, 2].find((r) => !(taken[r] > left)) ?? 2;
      taken[row] = left + size;
      return { x, text, size, left, top: 1 + row * FLAG };
    });
    this.ruler = RULER + taken.length * FLAG;
    this.height = this.ruler + this.track.shown.length * LANE + WIRE + PAD;
    this.node.style.setProperty("--ruler", `${this.ruler}px`);
  }

  /** Where each fault took hold. */
  _faults(pen) {
    this._font(pen, 11, 600);
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    for (const { x, text, size, left, top } of this.flags) {
      pen.strokeStyle = this.ink.bad;
      pen.setLineDash([3, 3]);
      pen.lineWidth = 1.5;
      pen.beginPath();
      pen.moveTo(x, top);
      pen.lineTo(x, this.height - PAD);
      pen.stroke();
      pen.setLineDash([]);
      pen.fillStyle = this.ink.bad;
      pen.beginPath();
      pen.roundRect(left, top, size, 18, 4);
      pen.fill();
      pen.fillStyle = this.ink.surface;
      pen.fillText(text, left + 7, top + 9.5, size - 14);
    }
  }

  _end(pen) {
    const { track } = this, [, how] = endOf(track), x = this.x(track.closeMs);
    if (track.isRunning) return;
    const y = this.height - PAD - (track.hasWritten ? 8 : 16);
    pen.strokeStyle = how === "bad" ? this.ink.bad : this.ink.muted;
    pen.lineWidth = 2;
    pen.beginPath();
    if (how === "bad") {
      for (const s of [-1, 1]) { pen.moveTo(x - 4, y - 4 * s); pen.lineTo(x + 4, y + 4 * s); }
    } else pen.arc(x, y, 3.5, 0, 7);
    pen.stroke();
  }

  /** The place where it stands. */
  _head(pen) {
    const x = this.x(this.ms);
    pen.fillStyle = this.ink.accent;
    pen.fillRect(x - 0.75, this.ruler - 4, 1.5, this.height - this.ruler - PAD + 8);
    pen.beginPath();
    pen.moveTo(x - 5, this.ruler - 9);
    pen.lineTo(x + 5, this.ruler - 9);
    pen.lineTo(x, this.ruler - 2);
    pen.fill();
  }
}
