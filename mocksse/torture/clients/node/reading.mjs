// The caller's side of a client that knows event streams but no API: what is asked of each API, and what its events say.
// It is told no API: the events decide, as they do for mocksse/torture/clients/reading.py.

import { MAX_TOKENS, MODEL, PROMPT } from "./contract.mjs";

const MESSAGES = [{ role: "user", content: PROMPT }];
const STREAM = { model: MODEL, stream: true };
const ASKS = {
  "openai-chat": ["/chat/completions", { ...STREAM, messages: MESSAGES }],
  "openai-responses": ["/responses", { ...STREAM, input: PROMPT }],
  anthropic: ["/v1/messages", { ...STREAM, messages: MESSAGES, max_tokens: MAX_TOKENS }],
};

/** Of each API, and of any event stream that is read with GET. */
export const APIS = [...Object.keys(ASKS), "sse"];

/** What fetch takes: the URL and its options. */
export function asking({ api, baseUrl, headers }) {
  const accept = { Accept: "text/event-stream" };
  if (api === "sse") return [baseUrl, { headers: { ...accept, ...headers } }];
  const [path, body] = ASKS[api];
  const init = {
    method: "POST",
    headers: { ...accept, "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
  return [baseUrl.replace(/\/+$/, "") + path, init];
}

const LAST = new Set(["message_stop", "response.completed", "response.incomplete", "response.failed"]);

/** Takes the data of one stream's events. `done`: its last event has come. */
export class Reader {
  done = false;
  #seen;

  constructor(seen) {
    this.#seen = seen;
  }

  take(data) {
    if (data.trimStart().startsWith("[DONE]")) {
      this.done = true;
      return;
    }
    let payload;
    try {
      payload = JSON.parse(data);
    } catch {
      return;
    }
    if (payload === null || typeof payload !== "object") return;
    if (LAST.has(payload.type)) this.done = true;
    for (const choice of payload.choices ?? []) this.#delta(choice.delta ?? {}, choice.index ?? 0);
    const usage = payload.usage ?? payload.message?.usage ?? payload.response?.usage;
    if (usage) this.#seen.usage(usage);
    if (payload.type?.startsWith("response.")) this.#response(payload);
    if (payload.type === "content_block_start") this.#block(payload.content_block ?? {}, payload.index);
    if (payload.type === "content_block_delta") this.#grow(payload.delta ?? {}, payload.index);
  }

  #delta(delta, choice) {
    this.#seen.text(delta.content);
    this.#seen.reasoning(delta.reasoning_content ?? delta.reasoning);
    for (const tool of delta.tool_calls ?? []) {
      const { name, arguments: args } = tool.function ?? {};
      this.#seen.call(`${choice}.${tool.index ?? 0}`, { id: tool.id, name, args });
    }
  }

  #response({ type, delta, item, output_index: at }) {
    if (type === "response.output_text.delta") this.#seen.text(delta);
    if (type === "response.reasoning_summary_text.delta" || type === "response.reasoning_text.delta") {
      this.#seen.reasoning(delta);
    }
    if (type === "response.output_item.added" && item?.type === "function_call") {
      this.#seen.call(at, { id: item.call_id, name: item.name });
    }
    if (type === "response.function_call_arguments.delta") this.#seen.call(at, { args: delta });
  }

  #block(block, index) {
    if (block.type === "text") this.#seen.text(block.text);
    if (block.type === "thinking") this.#seen.reasoning(block.thinking);
    if (block.type?.endsWith("tool_use")) this.#seen.call(index, { id: block.id, name: block.name });
  }

  #grow(delta, index) {
    this.#seen.text(delta.text);
    this.#seen.reasoning(delta.thinking);
    if (delta.partial_json !== undefined) this.#seen.call(index, { args: delta.partial_json });
  }
}
