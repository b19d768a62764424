// From the page's place (#/s/SESSION/NUMBER, #/r/RECORDING) to what is open; live, or of the recordings within the file.

const main = $("main");
let detail = null;

function show(node) {
  if (detail) detail.close();
  detail = null;
  main.replaceChildren(...[node].flat().filter(Boolean));
}

function showTrack(data, about, before = []) {
  const next = new Detail(new Track(data), about);
  show([...before, next.node]);
  detail = next;
  detail.timeline.draw();
}

function place() {
  try { return location.hash.slice(2).split("/").map(decodeURIComponent); } catch { return []; }
}
const go = (...parts) => { location.hash = `/${parts.map(encodeURIComponent).join("/")}`; };
const failure = (error) => h("p", { class: "warn", role: "alert" }, [error.message, error.hint].filter(Boolean).join(" — "));

// --- A file

function fromFile(recordings) {
  $("state").textContent = plural(recordings.length, "recording");
  document.title = `${recordings.map((r) => r.title).slice(0, 2).join(", ")} · mocksse`;
  const rows = h("ol", { class: "rows", "aria-label": "Recordings", onkeydown: roam });
  const open = () => {
    const at = Math.max(0, recordings.findIndex((r) => r.title === place()[1]));
    rows.replaceChildren(...recordings.map((r, i) => h("li", {}, h("button", { type: "button", "data-key": r.title, "aria-current": i === at ? "true" : null, onclick: () => go("r", r.title) },
      h("span", { class: `status ${r.status >= 400 ? "bad" : ""}` }, r.status), h("span", { class: "what" }, r.title),
      h("small", {}, `${r.api || "?"} · ${plural(r.frames.filter((f) => f.kind === "event").length, "event")} · ${msText(r.end.at_ms)}`)))));
    if (recordings.length) showTrack(recordings[at], { left: () => rows.querySelector("[aria-current]")?.focus() });
    else show(h("p", { class: "hint" }, "There is nothing in it."));
  };
  $("side").replaceChildren(h("h2", {}, "Recordings"), rows);
  addEventListener("hashchange", open);
  open();
}

// --- A server

function fromServer() {
  const server = new Server();
  let opened = null;  // {session, number} or {recording}
  const back = () => { const key = live.opened; [...live.node.querySelectorAll("[data-key]")].find((n) => n.dataset.key === key)?.focus(); };
  const trouble = h("div");
  const opening = {
    failed: (error) => {
      if (error.status === 403) { askToken(server, error); return; }
      trouble.replaceChildren(failure(error));
    },
    request: (row) => go("s", row.session, String(row.number)),
    recording: (key) => go("r", key),
    drawn: () => { if (!opened) welcome(); },
    heard: (type, told) => {
      const isOpen = opened && opened.session === told.session && opened.number === told.number;
      if (isOpen && type !== "request") read().catch(opening.failed);
      // Who looks at the newest request goes on with the next.
      else if (type === "request" && told.session === live.name && (!opened || opened.follows)) follow(told);
    },
  };
  let next = null, followed = 0;

  /** To the newest request, and where many come, to one of them in a while. */
  function follow(told) {
    if (!next) setTimeout(() => { followed = performance.now(); go("s", next.session, String(next.number)); next = null; }, Math.max(0, followed + 500 - performance.now()));
    next = told;
  }

  const live = new Live(server, opening);

  function welcome() {
    const session = live.session;
    if (!session) return;
    live.opened = "";
    show([live.bar, trouble, h("section", { class: "welcome" },
      h("h2", {}, session.requests ? "Choose a request" : "Nobody has asked yet"),
      h("p", {}, "Point a client at ", h("code", {}, session.base_url), ". What it asks for shows up here while it streams. Or take one of the recordings:"),
      h("ul", { class: "cards" }, live.recordings.slice(0, 12).map((item) => h("li", {}, h("button", { type: "button", onclick: () => go("r", item.key) },
        h("b", {}, item.name), h("span", {}, item.api || item.content_type || ""), h("small", {}, `${plural(item.events, "event")} · ${msText(item.duration_ms)} · ${item.end}`))))))]);
  }

  let reads = 0;

  /** What is open, anew. An answer that comes behind a later one's is none. */
  async function read() {
    const asked = opened, turn = reads += 1;
    trouble.replaceChildren();
    if (!asked) { welcome(); return; }
    if (asked.recording) {
      const found = await server.get(`/timelines?session=${encodeURIComponent(live.name)}&interaction=${encodeURIComponent(asked.recording)}`);
      if (turn !== reads) return;
      const data = found.timelines[0];
      live.opened = `recording ${asked.recording}`;
      showTrack(data, { left: back, actions: [h("button", { type: "button", class: "add", onclick: () => ask(data.request).catch(opening.failed) }, "Ask for it now")] }, [live.bar, trouble]);
      live.later();
      return;
    }
    const path = `/sessions/${encodeURIComponent(asked.session)}/requests/${asked.number}`;
    const request = await server.get(path);
    const data = request.kind === "played" || request.recorded ? await server.get(`${path}/timeline`).catch((error) => error) : null;
    if (turn !== reads) return;
    live.opened = `request ${asked.session} ${asked.number}`;
    const before = detail?.about.request, isSame = before?.number === request.number && before.session === request.session;
    const at = isSame && !detail.track.isRunning ? [detail.step, detail.ms] : null;
    if (data && !(data instanceof Error)) {
      showTrack(data, { left: back, request }, [live.bar, trouble]);
      if (at) detail.move(...at);
    } else show([live.bar, trouble, bare(request, data)]);
    live.later();
  }

  /** Send the recorded request again, to see it streaming. */
  async function ask(request) {
    const base = live.name === "default" ? "" : `/@${live.name}`;
    opened = null;
    const body = request.body === null || request.method === "GET" ? undefined : request.body;
    const answer = await fetch(location.origin + base + request.path, { method: request.method, body, headers: body ? { "content-type": "application/json" } : {}, cache: "no-store" });
    // How it ends is the timeline's to tell.
    await answer.arrayBuffer().catch(() => null);
  }

  async function arrive() {
    const [kind, first, number] = place();
    const newest = live.session ? live.session.requests : 0;
    opened = kind === "s" ? { session: first, number: Number(number), follows: Number(number) >= newest } : kind === "r" ? { recording: first } : null;
    if (kind === "s" && first !== live.name && live.sessions.some((s) => s.name === first)) await live.choose(first);
    await read();
  }

  addEventListener("hashchange", () => arrive().catch(opening.failed));
  live.start().then(arrive).catch(opening.failed);
}

/** A request that no recording answered. */
function bare(request, error) {
  const { kind } = request;
  const words = { missed: "Nobody recorded this", "made-up": "A small made-up answer", own: "An answer of the server's own", relayed: "From the upstream, as it came" };
  return h("article", { class: "detail" },
    h("header", { class: "title" }, h("h2", {}, h("span", { class: "method" }, request.method), " ", h("span", { class: "path" }, request.path)),
      h("p", { class: "chips" }, h("span", { class: `chip ${request.status >= 400 ? "bad" : "good"}` }, String(request.status || "no head")), h("span", { class: "chip plain" }, kind))),
    h("section", { class: "card" }, h("h3", {}, words[kind] || kind), h("p", {}, error ? error.message : request.note),
      request.nearest.map((near) => h("div", { class: "near" }, h("b", {}, near.interaction), h("table", {}, h("thead", {}, h("tr", {}, ["field", "asked", "recorded"].map((t) => h("th", { scope: "col" }, t)))),
        h("tbody", {}, near.differs.map((d) => h("tr", {}, h("th", { scope: "row" }, d.field), h("td", {}, JSON.stringify(d.asked)), h("td", {}, JSON.stringify(d.recorded))))))))),
    request.body && h("details", { class: "card", open: true }, h("summary", {}, "Request"), h("pre", { tabIndex: 0 }, request.body.json ? JSON.stringify(request.body.json, null, 2) : request.body.text || request.body.base64)));
}

/** The token is kept for this tab, and goes out in a header only. */
function askToken(server, error) {
  const input = h("input", { type: "password", id: "token", autocomplete: "off", required: true });
  $("side").replaceChildren();
  show(h("form", { class: "token card", onsubmit: (event) => { event.preventDefault(); server.secret = input.value; location.reload(); } },
    h("h2", {}, "This server asks for its token"), h("p", {}, error.message),
    h("label", { htmlFor: "token" }, "Token"), h("div", { class: "spec" }, input, h("button", { type: "submit", class: "primary" }, "Open"))));
  input.focus();
}

const within = JSON.parse($("data").textContent);
if (within) fromFile(within.recordings); else fromServer();
