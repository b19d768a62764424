// Vercel's AI SDK: `streamText`, the parts of its `fullStream`, by way of its providers for OpenAI and Anthropic.
//
// Errors come as one more part, behind which the stream ends as if nothing were: such a part counts as an error.

import { MODEL, PROMPT, run } from "./contract.mjs";

function modelOf({ api, baseUrl, headers }, { createOpenAI }, { createAnthropic }) {
  const settings = { baseURL: baseUrl, apiKey: "none", headers };
  if (api === "anthropic") return createAnthropic(settings)(MODEL);
  return createOpenAI(settings)[api === "openai-chat" ? "chat" : "responses"](MODEL);
}

async function stream(options, seen, { streamText }, openai, anthropic) {
  const { fullStream } = streamText({
    model: modelOf(options, openai, anthropic),
    prompt: PROMPT,
    maxRetries: options.retries,
    timeout: { chunkMs: options.timeoutMs },
    onError() {}, // by itself it prints them
  });
  let failed;
  for await (const part of fullStream) {
    if (part.type === "error") failed ??= { error: part.error };
    take(part, seen);
    seen.event(part.type);
  }
  if (failed) throw failed.error;
}

function take(part, seen) {
  switch (part.type) {
    case "text-delta":
      return seen.text(part.text);
    case "reasoning-delta":
      return seen.reasoning(part.text);
    case "tool-input-start":
      return seen.call(part.id, { id: part.id, name: part.toolName });
    case "tool-input-delta":
      return seen.call(part.id, { args: part.delta });
    case "finish": {
      const { inputTokens, outputTokens, totalTokens } = part.totalUsage;
      return seen.usage({ inputTokens, outputTokens, totalTokens });
    }
  }
}

const packages = ["ai", "@ai-sdk/openai", "@ai-sdk/anthropic"];
run({ apis: ["openai-chat", "openai-responses", "anthropic"], packages, stream });
