// The Node half of the contract that mocksse/torture/clients/__init__.py states: arguments, what reached the caller, and
// the one line that says so. Nothing of any client is here.
//
// A client's package is the user's own: it is looked for in the folder that MOCKSSE_NODE names, then from the current
// folder upward, as Node looks for any. mocksse ships none of them and downloads none: where one is missing, one line
// says the npm command. package.json beside this file names the versions that the tests use.

import { Console } from "node:console";
import diagnostics from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

export const MODEL = "mocksse";
export const PROMPT = "Say anything.";
export const MAX_TOKENS = 256;
const MAX_EVENTS = 10_000;
const MAX_MESSAGE = 10_000;
const MAX_DATA = 65_536;
// Beginnings of the names under which clients look for keys and addresses.
const TAKEN = ["OPENAI_", "ANTHROPIC_", "AI_GATEWAY_", "VERCEL_"];

/** What a client without exceptions of its own tells its caller instead; `kind` stands for the type. */
export class Failure extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

class Left extends Error {}

/** What has reached the caller so far. */
export class Seen {
  attempts = 0;
  #leaveAfter;
  #count = 0;
  #events = [];
  #text = [];
  #reasoning = [];
  #calls = new Map();
  #usage = {};
  #began = performance.now();

  constructor(leaveAfter) {
    this.#leaveAfter = leaveAfter;
  }

  /** One event more, told behind what is in it: where the caller has had enough, nothing comes after this. */
  event(what) {
    this.note(what);
    if (++this.#count === this.#leaveAfter) throw new Left();
  }

  /** Something more to be listed, which counts as no event. */
  note(what) {
    if (this.#events.length < MAX_EVENTS) this.#events.push(what);
  }

  /** Milliseconds since it was made. */
  get ms() {
    return Math.round((performance.now() - this.#began) * 10) / 10;
  }

  /** An event as a client of event streams saw it, now. */
  raw(type, data, lastEventId) {
    return { kind: "event", type, data: data.slice(0, MAX_DATA), lastEventId: lastEventId ?? "", at_ms: this.ms };
  }

  text(piece) {
    this.#text.push(piece ?? "");
  }

  reasoning(piece) {
    this.#reasoning.push(piece ?? "");
  }

  /** A piece of the tool call that the API numbers `key`. An id or name that comes again replaces the first. */
  call(key, { id, name, args } = {}) {
    const held = this.#calls.get(key) ?? { id: "", name: "", pieces: [] };
    this.#calls.set(key, { id: id || held.id, name: name || held.name, pieces: held.pieces });
    held.pieces.push(args ?? "");
  }

  /** Counters, by the names that the client has for them. Those that come again replace the first; null takes none. */
  usage(told) {
    for (const [name, count] of Object.entries(told)) {
      if (count !== null && count !== undefined) this.#usage[name] = count;
    }
  }

  /** All of it, and the error that ended it. */
  result(error) {
    const failed = error !== undefined && !(error instanceof Left);
    return {
      outcome: failed ? "error" : "ok",
      text: this.#text.join(""),
      reasoning: this.#reasoning.join(""),
      tool_calls: [...this.#calls.values()].map(({ id, name, pieces }) => ({ id, name, arguments: pieces.join("") })),
      usage: this.#usage,
      events: this.#events,
      error_type: failed ? nameOf(error) : null,
      error_message: failed ? messageOf(error).slice(0, MAX_MESSAGE) : null,
      attempts: this.attempts,
    };
  }
}

/** The class that a caller would catch; what is thrown and no error goes by its JavaScript type. */
function nameOf(error) {
  if (error instanceof Failure) return error.kind;
  return error instanceof Error ? error.constructor.name : typeof error;
}

function messageOf(error) {
  if (!(error instanceof Error)) return typeof error === "string" ? error : JSON.stringify(error) ?? String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** What a stream may need that the arguments of all clients have not: `more` is parseArgs' own, for its own options. */
export function run({ apis, packages, stream, more = {} }) {
  const words = process.argv.slice(2);
  const serves = words.length === 1 && words[0] === "--serve";
  const asked = serves ? null : parse(words, apis, more);
  const clients = packages.map(load);
  // Where a client goes, only its arguments say: it must not send a real key, nor take the way through a proxy.
  for (const name of Object.keys(process.env)) {
    if (TAKEN.some((start) => name.startsWith(start))) delete process.env[name];
  }
  globalThis.console = new Console(process.stderr, process.stderr); // stdout is for the one line
  process.env.NO_PROXY = process.env.no_proxy = "*";
  const one = (options) => play(stream, options, clients);
  (serves ? serve(one, apis, more) : one(asked)).then(() => end(0));
}

async function serve(one, apis, more) {
  for await (const line of createInterface({ input: process.stdin })) {
    let words = null;
    try {
      words = JSON.parse(line);
    } catch {}
    if (!Array.isArray(words) || !words.every((word) => typeof word === "string")) {
      fail(`a line of --serve has to be a JSON array of strings: ${line.trim()}`);
    }
    await one(parse(words, apis, more));
  }
}

/** One answer, and its line. What the client throws where nobody can catch it, which would end a program, is in it too. */
async function play(stream, options, clients) {
  const seen = new Seen(options.events);
  const count = () => (seen.attempts += 1);
  diagnostics.subscribe("undici:request:create", count);
  let lose;
  const lost = new Promise((_, reject) => (lose = reject));
  process.on("uncaughtException", lose);
  process.on("unhandledRejection", lose);
  let result;
  try {
    await Promise.race([stream(options, seen, ...clients), lost]);
    result = seen.result();
  } catch (error) {
    result = seen.result(error);
  }
  diagnostics.unsubscribe("undici:request:create", count);
  process.off("uncaughtException", lose);
  process.off("unhandledRejection", lose);
  closeConnections();
  // In ASCII: what a client made of broken bytes need not be UTF-8.
  const line = JSON.stringify(result).replace(/[\u007f-\uffff]/g, escaped);
  await new Promise((written) => process.stdout.write(`${line}\n`, written));
}

const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** The next answer's client gets connections of its own, as one does that is just started. */
function closeConnections() {
  const key = Symbol.for("undici.globalDispatcher.1");
  const held = globalThis[key];
  if (held === undefined) return;
  globalThis[key] = new held.constructor();
  held.destroy().catch(() => {});
}

function parse(words, apis, more) {
  let found;
  try {
    found = parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        api: { type: "string", default: apis[0] },
        header: { type: "string", multiple: true, default: [] },
        retries: { type: "string" },
        timeout: { type: "string", default: "30" },
        events: { type: "string" },
        ...more,
      },
    });
  } catch (error) {
    fail(error.message);
  }
  const { values, positionals } = found;
  if (positionals.length !== 1) fail("BASE_URL is needed, and nothing else beside the options");
  if (!apis.includes(values.api)) fail(`--api: ${values.api} is none of ${apis.join(", ")}`);
  if (!(Number(values.timeout) > 0)) fail(`--timeout: not a number of seconds: ${values.timeout}`);
  return {
    ...values,
    baseUrl: positionals[0],
    headers: Object.fromEntries(values.header.map(header)),
    retries: count("--retries", values.retries),
    events: count("--events", values.events),
    timeoutMs: Number(values.timeout) * 1000,
  };
}

function header(text) {
  const colon = text.indexOf(":");
  if (colon < 1 || !text.slice(0, colon).trim()) fail(`--header: not 'Name: value': ${text}`);
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

/** undefined where it was not said: as the client does by itself. */
function count(option, text) {
  if (text === undefined) return undefined;
  if (!/^[0-9]+$/.test(text)) fail(`${option}: not a number of times: ${text}`);
  return Number(text);
}

/** A package of the user's. */
function load(name) {
  const folders = [process.env.MOCKSSE_NODE, process.cwd()].filter(Boolean);
  for (const folder of folders) {
    const require = createRequire(join(folder, "mocksse.js"));
    try {
      return require(name);
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND" || !error.message.includes(`'${name}'`)) throw error;
    }
  }
  const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
  const start = /^(?:@[^/]+\/)?[^/]+/.exec(name)[0];
  const place = process.env.MOCKSSE_NODE ? `--prefix ${process.env.MOCKSSE_NODE} ` : "";
  say(`${start} is not installed: npm install ${place}${start}@${dependencies[start]}`);
  process.exit(2);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(message) {
  say(`error: ${message}`);
  process.exit(2);
}

function end(code) {
  process.stdout.write("", () => process.exit(code));
}
