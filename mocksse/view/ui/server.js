// The control API and the feed. Asks the server that the page came from, and nobody else.

const API = "/__mocksse";

/** What went wrong, in the server's own words. */
class Trouble extends Error {
  constructor(status, detail, hint) { super(detail); this.status = status; this.hint = hint; }
}

class Server {
  constructor() { this.token = sessionStorage.getItem("mocksse-token") || ""; }

  set secret(token) { this.token = token; sessionStorage.setItem("mocksse-token", token); }

  get headers() { return this.token ? { authorization: `Bearer ${this.token}` } : {}; }

  async ask(method, path, value) {
    const headers = { ...this.headers, ...(value === undefined ? {} : { "content-type": "application/json" }) };
    const answer = await fetch(API + path, { method, headers, body: value === undefined ? undefined : JSON.stringify(value), cache: "no-store" });
    const text = await answer.text();
    const json = text ? JSON.parse(text) : null;
    if (!answer.ok) throw new Trouble(answer.status, json?.detail || `${answer.status}`, json?.hint || "");
    return json;
  }

  get(path) { return this.ask("GET", path); }

  /** Listen to the feed until the page is left; comes back with the last id. EventSource could not send a token. */
  async listen(heard, state) {
    let last = "";
    for (;;) {
      try {
        const headers = { ...this.headers, accept: "text/event-stream", ...(last ? { "last-event-id": last } : {}) };
        const answer = await fetch(`${API}/events`, { headers, cache: "no-store" });
        if (!answer.ok) throw new Trouble(answer.status, "no feed", "");
        state("live");
        for await (const event of eventsOf(answer.body)) {
          last = event.id || last;
          heard(event.type, JSON.parse(event.data));
        }
      } catch (error) {
        if (error instanceof Trouble && error.status === 403) { state("refused"); return; }
      }
      state("lost");
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

/** The events of a stream, as our own server writes them: LF, one field a line. */
async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
      if (fields.data) yield { type: fields.event, id: fields.id, data: fields.data };
    }
  }
}
