import { createOpenAI } from '@ai-sdk/openai'
import { streamText } from 'ai'
import { expect, test } from 'vitest'

import { session } from './session.js'

async function answer(provider) {
  const prompt = 'How does a river shape the land?'
  const result = streamText({ model: provider.chat('smollm2'), prompt, onError: () => {} })
  let text = ''
  for await (const part of result.textStream) text += part
  return { text, finishReason: await result.finishReason }
}

test('the answer, from the variables that mocksse set', async () => {
  const { text, finishReason } = await answer(createOpenAI())
  expect(text).toMatch(/^The river's path .* flora and fauna\.$/s)
  expect(finishReason).toBe('stop')
})

test('the SDK asks again after a 503', async () => {
  const { openai, requests } = await session({ faults: 'status 503 retry-after=0 times=1' })
  expect((await answer(createOpenAI({ baseURL: openai }))).text).toContain('river')
  expect((await requests()).map((request) => request.status)).toEqual([503, 200])
})

test('a stream that is cut is an error', async () => {
  const { openai } = await session({ faults: 'reset at=event:5' })
  await expect(answer(createOpenAI({ baseURL: openai }))).rejects.toThrow()
})

test('of a stream that ends too early only finishReason tells', async () => {
  const { openai } = await session({ faults: 'truncate at=event:5' })
  const { text, finishReason } = await answer(createOpenAI({ baseURL: openai }))
  expect(text).toBe("The river's path")
  expect(finishReason).toBe('other')
})
