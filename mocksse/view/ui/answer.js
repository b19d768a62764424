// An answer as a track over time, and what it comes to at any place of it.

const LANES = ["reasoning", "text", "tools", "usage", "errors", "comments", "other"];
const LANE_OF = { reasoning: "reasoning", text: "text", refusal: "text", tool: "tools", usage: "usage", finish: "usage", error: "errors" };
const TITLES = { reasoning: "Reasoning", text: "Text", tools: "Tools", usage: "Usage", errors: "Errors", comments: "Comments", other: "Other" };

/** The lanes that a frame stands in, and how much of it there is in each. */
function lanesOf(frame) {
  const found = new Map();
  for (const said of frame.says) {
    const lane = LANE_OF[said.kind] || "other";
    found.set(lane, (found.get(lane) || 0) + said.text.length);
  }
  if (!found.size) found.set(frame.kind === "comment" ? "comments" : frame.kind === "pending" ? "errors" : "other", frame.data.length);
  return found;
}

/** One answer. Places in it are steps: the writes that went out, from -1 (nothing yet) to `last`. */
class Track {
  constructor(data) {
    this.data = data;
    this.steps = data.steps;
    this.fetched = performance.now();
    this.isRunning = data.running_ms !== null;
    this.hasWritten = data.clock === "written" && !this.isRunning;
    this.planned = this.steps.map((step) => step.at_ms);
    // What was never written keeps the time at which it was due.
    this.times = this.steps.map((step) => step.written_ms ?? step.at_ms);
    for (let i = 1; i < this.times.length; i += 1) this.times[i] = Math.max(this.times[i], this.times[i - 1]);
    this.written = this.hasWritten ? this.steps.filter((step) => step.written_ms !== null).length : this.steps.length;
    this.last = this.written - 1;
    this.isWhole = this.written === this.steps.length;
    this.endMs = this.isWhole ? Math.max(data.end.at_ms, this.times.at(-1) ?? 0) : this.times[this.last] ?? 0;
    this.closeMs = this.isWhole ? this.endMs : data.end.at_ms;
    this.spanMs = Math.max(data.end.at_ms, this.times.at(-1) ?? 0, 1);
    this.wire = new Wire(this.steps);
    this._lanes();
    this._strands();
    this.stalls = this._stalls();
    this.faults = this._faults();
  }

  _lanes() {
    this.lanes = new Map(LANES.map((lane) => [lane, []]));
    this.framesOf = this.steps.map(() => []);
    this.data.frames.forEach((frame) => {
      this.framesOf[frame.step].push(frame);
      for (const [lane, size] of lanesOf(frame)) this.lanes.get(lane).push({ step: frame.step, size, frame });
    });
    this.shown = LANES.filter((lane) => this.lanes.get(lane).length);
  }

  /** What is typed, as strands: each one string that grows, and how long it is behind which step. */
  _strands() {
    this.strands = new Map();
    for (const frame of this.data.frames) for (const said of frame.says) {
      const key = `${said.choice} ${said.kind} ${said.call ?? ""}`;
      let strand = this.strands.get(key);
      if (!strand) {
        strand = { choice: said.choice, kind: said.kind, call: said.call ?? 0, name: "", parts: [], full: "", steps: [], ends: [] };
        this.strands.set(key, strand);
      }
      strand.name = strand.name || said.name || "";
      const again = said.kind === "usage" || said.kind === "finish";
      if (again) strand.parts = [];
      strand.parts.push(said.text);
      strand.steps.push(frame.step);
      strand.ends.push((again ? 0 : strand.ends.at(-1) ?? 0) + said.text.length);
      if (again) (strand.each = strand.each || []).push(said.text);
    }
    for (const strand of this.strands.values()) strand.full = strand.parts.join("");
  }

  /** The last step that was out at that time. */
  stepAt(ms) { return Math.min(upTo(this.times, ms), this.written) - 1; }

  /** How long it has been playing. */
  nowMs() { return this.data.running_ms + performance.now() - this.fetched; }

  timeOf(step) { return step < 0 ? 0 : this.times[Math.min(step, this.times.length - 1)] ?? 0; }

  /** The gaps between events as they came, in milliseconds. */
  gaps() {
    const at = this.data.frames.filter((f) => f.kind === "event" && f.step <= this.last).map((f) => this.times[f.step]);
    return at.slice(1).map((ms, i) => ms - at[i]);
  }

  /** How late each write was. */
  lateness() {
    return this.steps.filter((s) => s.written_ms !== null).map((s) => Math.max(0, s.written_ms - s.at_ms));
  }

  first(lane) {
    const found = this.lanes.get(lane)[0];
    return found && found.step <= this.last ? this.times[found.step] : null;
  }

  /** When which faults took hold, in order: [ms, their names]. */
  _faults() {
    const placed = new Map();
    for (const { fault, step } of this.data.faults) {
      const ms = step < this.times.length ? this.times[step] : this.closeMs;
      placed.set(ms, [...(placed.get(ms) || []), fault]);
    }
    return [...placed].sort(([a], [b]) => a - b);
  }

  /** Silences that stand out, as [from, to]. */
  _stalls() {
    const at = [...this.times.slice(0, this.written), this.isWhole ? this.data.end.at_ms : 0].filter((ms, i, all) => i === 0 || ms >= all[i - 1]);
    const gaps = at.slice(1).map((ms, i) => ms - at[i]);
    const usual = percentile(gaps.filter((gap) => gap > 0).sort((a, b) => a - b), 0.5) || 0;
    const least = Math.max(250, usual * 8);
    return gaps.flatMap((gap, i) => (gap >= least ? [[at[i], at[i + 1]]] : []));
  }
}

const ENDS = {
  complete: ["complete", ""], fin: ["closed (FIN)", "bad"], reset: ["reset (RST)", "bad"], hold: ["held open, silent", "odd"],
  "close-on-next-request": ["complete, then closed", "odd"],
};

/** How it ends, and whether that is well. */
function endOf(track, request) {
  const { how, whole } = track.data.end;
  if (request && request.broken_off) return [request.broken_off, "bad"];
  if (track.isRunning) return ["streaming", "live"];
  if (how === "complete" && !whole) return ["left open, not whole", "bad"];
  if (how === "fin" && whole) return ["complete, closed", ""];
  return ENDS[how] || [how, ""];
}

/** The answer, typed up to a step. */
class AnswerView {
  constructor(track) {
    this.track = track;
    this.node = h("div", { class: "answer", tabIndex: 0, role: "group", "aria-label": "Answer" });
    this.blocks = new Map();
    this.empty = h("p", { class: "hint" }, "Nothing has come yet.");
    this.node.append(this.empty);
    this.choices = new Set([...track.strands.values()].map((strand) => strand.choice)).size;
  }

  show(step) {
    let some = false;
    for (const [key, strand] of this.track.strands) {
      const count = upTo(strand.steps, step);
      let block = this.blocks.get(key);
      if (!count) { if (block) block.node.hidden = true; continue; }
      some = true;
      if (!block) { block = this._block(strand); this.blocks.set(key, block); this._place(block, strand); }
      block.node.hidden = false;
      const full = strand.each ? strand.each[count - 1] : strand.full;
      const end = strand.each ? full.length : strand.ends[count - 1];
      // What came with this very step is marked.
      const before = upTo(strand.steps, step - 1);
      let fresh = before < count && !strand.each ? (before ? strand.ends[before - 1] : 0) : end;
      while (fresh < end - 1 && full[fresh] === " ") fresh += 1;
      block.old.data = full.slice(0, fresh);
      block.fresh.textContent = full.slice(fresh, end);
    }
    this.empty.hidden = some;
    const isTyping = step < this.track.last || this.track.isRunning;
    this.node.classList.toggle("typing", isTyping);
    if (isTyping) this._follow();
  }

  /** Keep what is being typed in sight. */
  _follow() {
    const fresh = [...this.blocks.values()].find((block) => block.fresh.textContent)?.fresh;
    if (!fresh) return;
    const at = fresh.getBoundingClientRect(), box = this.node.getBoundingClientRect();
    if (at.bottom > box.bottom || at.top < box.top) this.node.scrollTop += at.bottom - box.bottom + 24;
  }

  /** In the order of choices, and in each: reasoning, text, calls, what else. */
  _place(block, strand) {
    const order = ["reasoning", "text", "refusal", "tool", "error", "finish", "usage"];
    block.rank = strand.choice * 1e6 + order.indexOf(strand.kind) * 1e4 + strand.call;
    const behind = [...this.blocks.values()].filter((other) => other !== block && other.rank > block.rank)
      .sort((a, b) => a.rank - b.rank)[0];
    this.node.insertBefore(block.node, behind ? behind.node : null);
  }

  _block(strand) {
    const old = document.createTextNode(""), fresh = h("span", { class: "fresh" });
    const choice = this.choices > 1 && strand.kind !== "usage" && strand.kind !== "error" ? `choice ${strand.choice} · ` : "";
    const titles = { reasoning: "reasoning", text: "", refusal: "refusal", tool: strand.name || "tool call", error: "error", finish: "finish", usage: "usage" };
    const title = choice + titles[strand.kind];
    const body = h(strand.kind === "tool" || strand.kind === "usage" ? "code" : "span", { class: "said" }, old, fresh);
    return { node: h("div", { class: `block ${strand.kind}` }, title && h("span", { class: "tag" }, title), body), old, fresh };
  }
}
