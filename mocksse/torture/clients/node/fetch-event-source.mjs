// @microsoft/fetch-event-source: event streams over fetch, with any method, that come back by themselves.
//
// It is made for browsers: of `window` it calls setTimeout, clearTimeout and fetch, and of `document` the listeners for a
// page that is hidden, also where it is told not to mind (`openWhenHidden`). Those are all that stands in for them here.
// By itself it tries again for ever, a POST too: it is left to after --retries, or after --timeout, which is for all.

import { Failure, run } from "./contract.mjs";
import { APIS, Reader, asking } from "./reading.mjs";

globalThis.window = globalThis;
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };

async function stream(options, seen, { fetchEventSource }) {
  const [url, { headers, ...init }] = asking(options);
  const reader = new Reader(seen);
  const leaving = new AbortController();
  let errors = 0;
  let ended;
  const timer = setTimeout(() => {
    ended = new Failure("fetchEventSource.TimedOut", "nothing ended it in time");
    leaving.abort();
  }, options.timeoutMs);
  try {
    await fetchEventSource(url, {
      ...init,
      // It reads `accept` by that name.
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      signal: leaving.signal,
      openWhenHidden: true,
      onmessage({ event, data, id }) {
        if (ended !== undefined || reader.done) return;
        reader.take(data);
        try {
          seen.event(seen.raw(event || "message", data, id));
        } catch (left) {
          ended = left;
        }
        if (ended !== undefined || reader.done) leaving.abort();
      },
      onerror(error) {
        errors += 1;
        if (options.retries !== undefined && errors > options.retries) throw error;
      },
    });
  } finally {
    clearTimeout(timer);
  }
  if (ended !== undefined) throw ended;
}

run({ apis: APIS, packages: ["@microsoft/fetch-event-source"], stream });
