// Two small charts of an answer, drawn by uPlot: how long its gaps were, and how it grew.

const EDGES = [0, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, Infinity];
const edgeText = (ms) => (ms === Infinity ? "" : ms >= 1000 ? `${ms / 1000} s` : `${ms}`);

class Charts {
  constructor(track) {
    this.track = track;
    this.plots = [];
    this.gapNode = h("div", { class: "plot" });
    this.paceNode = h("div", { class: "plot" });
    const gaps = track.gaps(), sorted = [...gaps].sort((a, b) => a - b);
    const said = gaps.length
      ? `p50 ${msText(percentile(sorted, 0.5))} · p95 ${msText(percentile(sorted, 0.95))} · max ${msText(sorted.at(-1))}` : "too few events";
    const [unit, total] = this._growth();
    this.node = h("div", { class: "charts" },
      h("figure", { role: "group" }, h("figcaption", {}, h("b", {}, "Gaps between events"), " ", h("span", {}, said)), this.gapNode),
      h("figure", { role: "group" }, h("figcaption", {}, h("b", {}, `${unit} over time`), " ",
        h("span", {}, `${total.toLocaleString("en")} in all${track.hasWritten ? " · dashed: planned" : ""}`)), this.paceNode));
    this.seen = new ResizeObserver(() => this._draw());
    this.seen.observe(this.node);
    media("(prefers-color-scheme: dark)").addEventListener("change", () => this._draw());
  }

  close() { this.seen.disconnect(); this._clear(); }

  _clear() { this.plots.forEach((plot) => plot.destroy()); this.plots = []; }

  _draw() {
    if (!this.node.isConnected) return;
    this._clear();
    this._gaps();
    this._pace();
  }

  _axis(more) {
    return {
      stroke: colour("muted"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false },
      font: `11px ${colour("font-ui")}`, gap: 4, size: 28, ...more,
    };
  }

  _plot(node, data, options) {
    const size = { width: node.clientWidth, height: 140 };
    if (!size.width) return;
    this.plots.push(new uPlot({
      ...size, legend: { show: false }, cursor: { show: false }, padding: [8, 14, 0, 0], ...options,
    }, data, node));
  }

  _gaps() {
    const counts = EDGES.slice(1).map(() => 0);
    for (const gap of this.track.gaps()) counts[Math.max(0, upTo(EDGES, gap) - 1)] += 1;
    let first = counts.findIndex(Boolean), last = counts.findLastIndex(Boolean);
    if (first < 0) return;
    first = Math.max(0, first - 1);
    last = Math.min(counts.length - 1, Math.max(last + 1, first + 5));
    const bins = counts.slice(first, last + 1), xs = bins.map((_, i) => i);
    this._plot(this.gapNode, [xs, bins], {
      scales: { x: { time: false, range: [-0.5, xs.length - 0.5] }, y: { range: (_, __, most) => [0, Math.max(1, most) * 1.1] } },
      axes: [
        this._axis({ grid: { show: false }, splits: () => [...xs, xs.length].map((x) => x - 0.5), values: (_, at) => at.map((x) => edgeText(EDGES[first + Math.round(x + 0.5)] ?? Infinity)) }),
        this._axis({ size: 36, space: 32, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] }),
      ],
      series: [{}, { paths: uPlot.paths.bars({ size: [0.86, 60], radius: 0.15 }), fill: colour("accent"), stroke: colour("accent"), width: 0, points: { show: false } }],
    });
  }

  /** What grows: characters where something is written, else bytes. */
  _growth() {
    const spoken = [...this.track.strands.values()].filter((s) => ["text", "reasoning", "refusal", "tool"].includes(s.kind));
    const total = spoken.reduce((sum, strand) => sum + strand.full.length, 0);
    this.added = this.track.steps.map((step) => (total ? 0 : step.bytes));
    if (total) for (const frame of this.track.data.frames) for (const said of frame.says) {
      if (["text", "reasoning", "refusal", "tool"].includes(said.kind)) this.added[frame.step] += said.text.length;
    }
    return total ? ["Characters", total] : ["Bytes", this.added.reduce((sum, n) => sum + n, 0)];
  }

  _pace() {
    const { track } = this;
    let sum = 0;
    const grown = this.added.map((n) => (sum += n));
    if (grown.length < 2) return;
    const line = (times, upto) => lastOfEach([0, ...times.slice(0, upto)], [0, ...grown]);
    const came = line(track.times, track.written);
    const data = track.hasWritten ? uPlot.join([came, line(track.planned, track.steps.length)]) : came;
    this._plot(this.paceNode, data, {
      scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(1, most) * 1.06] } },
      axes: [
        this._axis({ grid: { show: false }, space: 64, values: (_, at) => at.map((ms) => (track.spanMs >= 2000 ? `${+(ms / 1000).toFixed(2)} s` : `${ms}`)) }),
        this._axis({ size: 44, space: 32 }),
      ],
      series: [{}, { stroke: colour("text"), width: 1.75, fill: colour("text-soft"), spanGaps: true, points: { show: false }, paths: uPlot.paths.stepped({ align: 1 }) },
        ...(track.hasWritten ? [{ stroke: colour("muted"), width: 1, dash: [4, 3], spanGaps: true, points: { show: false }, paths: uPlot.paths.stepped({ align: 1 }) }] : [])],
    });
  }
}

/** The last value of each time. */
function lastOfEach(xs, ys) {
  const at = new Map();
  xs.forEach((x, i) => at.set(x, ys[i]));
  const sorted = [...at.keys()].sort((a, b) => a - b);
  return [sorted, sorted.map((x) => at.get(x))];
}
