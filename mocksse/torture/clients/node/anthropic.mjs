// Anthropic's Node SDK: Messages with `stream: true`, the events as they come.

import { MAX_TOKENS, MODEL, PROMPT, run } from "./contract.mjs";

async function stream(options, seen, { Anthropic }) {
  const client = new Anthropic({
    apiKey: "none",
    baseURL: options.baseUrl,
    defaultHeaders: options.headers,
    timeout: options.timeoutMs,
    maxRetries: options.retries,
  });
  const events = await client.messages.create({
    model: MODEL,
    max_tokens: MAX_TOKENS,
    messages: [{ role: "user", content: PROMPT }],
    stream: true,
  });
  for await (const event of events) {
    take(event, seen);
    seen.event(event.type);
  }
}

function take(event, seen) {
  switch (event.type) {
    case "message_start":
      return seen.usage(event.message?.usage ?? {});
    case "message_delta":
      return seen.usage(event.usage ?? {});
    case "content_block_start":
      return begin(event.content_block ?? {}, event.index, seen);
    case "content_block_delta":
      return grow(event.delta ?? {}, event.index, seen);
  }
}

function begin(block, index, seen) {
  if (block.type === "text") seen.text(block.text);
  if (block.type === "thinking") seen.reasoning(block.thinking);
  if (block.type?.endsWith("tool_use")) seen.call(index, { id: block.id, name: block.name });
}

function grow(delta, index, seen) {
  if (delta.type === "text_delta") seen.text(delta.text);
  if (delta.type === "thinking_delta") seen.reasoning(delta.thinking);
  if (delta.type === "input_json_delta") seen.call(index, { args: delta.partial_json });
}

run({ apis: ["anthropic"], packages: ["@anthropic-ai/sdk"], stream });
