// OpenAI's Node SDK, with `stream: true`: Chat Completions or Responses.
//
// An error that the SDK only reports as one more event (`response.failed`) is in `events`; what it throws is an error.

import { MODEL, PROMPT, run } from "./contract.mjs";

async function stream(options, seen, { OpenAI }) {
  const client = new OpenAI({
    apiKey: "none",
    baseURL: options.baseUrl,
    defaultHeaders: options.headers,
    timeout: options.timeoutMs,
    maxRetries: options.retries,
  });
  await (options.api === "openai-chat" ? chat : responses)(client, seen);
}

async function chat(client, seen) {
  const chunks = await client.chat.completions.create({
    model: MODEL,
    messages: [{ role: "user", content: PROMPT }],
    stream: true,
  });
  for await (const chunk of chunks) {
    if (chunk.usage) seen.usage(chunk.usage);
    for (const choice of chunk.choices ?? []) takeDelta(choice.delta ?? {}, choice.index, seen);
    seen.event(chunk.object ?? "");
  }
}

function takeDelta(delta, choice, seen) {
  seen.text(delta.content);
  seen.reasoning(delta.reasoning_content ?? delta.reasoning);
  for (const tool of delta.tool_calls ?? []) {
    const { name, arguments: args } = tool.function ?? {};
    seen.call(`${choice}.${tool.index}`, { id: tool.id, name, args });
  }
}

async function responses(client, seen) {
  const events = await client.responses.create({ model: MODEL, input: PROMPT, stream: true });
  for await (const event of events) {
    takeEvent(event, seen);
    seen.event(event.type ?? "");
  }
}

function takeEvent(event, seen) {
  switch (event.type) {
    case "response.output_text.delta":
      return seen.text(event.delta);
    case "response.reasoning_summary_text.delta":
    case "response.reasoning_text.delta":
      return seen.reasoning(event.delta);
    case "response.output_item.added":
      if (event.item?.type === "function_call") {
        seen.call(event.output_index, { id: event.item.call_id, name: event.item.name });
      }
      return;
    case "response.function_call_arguments.delta":
      return seen.call(event.output_index, { args: event.delta });
    case "response.completed":
    case "response.incomplete":
    case "response.failed":
      if (event.response?.usage) seen.usage(event.response.usage);
  }
}

run({ apis: ["openai-chat", "openai-responses"], packages: ["openai"], stream });
