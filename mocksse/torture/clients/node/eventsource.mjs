// The package `eventsource`: a browser's EventSource for Node. It throws nothing, and comes back by itself.
//
// As for Chromium's, `events` are objects, of events and of each connection that opened or was lost:
//   {kind: "event", type, data, lastEventId, at_ms}   {kind: "open" | "error", readyState: 0 | 1 | 2, at_ms}
// It ends at the last event of the known APIs, after --events, at the error that is one more than --retries, when it
// gives up, and after --timeout, which is for all of it. It hears only the types it listens for: --type.

import { Failure, run } from "./contract.mjs";
import { Reader } from "./reading.mjs";

const WHY = {
  Closed: "it does not try again",
  Error: "the connection was lost, and the caller did not want to try again",
  TimedOut: "nothing ended it in time",
};

async function stream(options, seen, { EventSource }) {
  const reader = new Reader(seen);
  const source = new EventSource(options.baseUrl, {
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...options.headers } }),
  });
  let timer;
  try {
    const why = await new Promise((end, leave) => {
      timer = setTimeout(() => end("TimedOut"), options.timeoutMs);
      listen({ source, reader, options, seen, end, leave });
    });
    if (why) throw new Failure(`EventSource.${why}`, WHY[why]);
  } finally {
    clearTimeout(timer);
    source.close();
  }
}

function listen({ source, reader, options, seen, end, leave }) {
  const untilClosed = options["until-closed"];
  let errors = 0;
  const hear = (event) => {
    // A server may call its events "open" and "error" too.
    if (event instanceof MessageEvent) {
      reader.take(event.data);
      try {
        seen.event(seen.raw(event.type, event.data, event.lastEventId));
      } catch (left) {
        leave(left);
      }
      if (reader.done && !untilClosed) end("");
      return;
    }
    seen.note({ kind: event.type, readyState: source.readyState, at_ms: seen.ms });
    if (event.type !== "error") return;
    errors += 1;
    if (source.readyState === source.CLOSED) end(untilClosed ? "" : "Closed");
    else if (options.retries !== undefined && errors > options.retries) end("Error");
  };
  for (const type of new Set(["message", "open", "error", ...options.type])) source.addEventListener(type, hear);
}

const more = { type: { type: "string", multiple: true, default: [] }, "until-closed": { type: "boolean", default: false } };
run({ apis: ["sse"], packages: ["eventsource"], stream, more });
