// eventsource-parser behind fetch: the body through its stream, the events as they come. It asks once.
//
// The parser knows no HTTP, so the status is looked at here, as its user has to. It stops behind the last event of the
// known APIs, as its user does whose stream is not for ever.

import { Failure, run } from "./contract.mjs";
import { APIS, Reader, asking } from "./reading.mjs";

async function stream(options, seen, { EventSourceParserStream }) {
  const [url, init] = asking(options);
  const response = await fetch(url, init);
  if (!response.ok) throw new Failure("fetch.Status", `${response.status}: ${(await response.text()).slice(0, 1000)}`);
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = new Reader(seen);
  for await (const { event, data, id } of events) {
    reader.take(data);
    seen.event(seen.raw(event ?? "message", data, id));
    if (reader.done) break;
  }
}

run({ apis: APIS, packages: ["eventsource-parser/stream"], stream });
