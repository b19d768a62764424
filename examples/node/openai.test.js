import OpenAI from 'openai'
import { expect, test } from 'vitest'

import { session } from './session.js'

const question = { model: 'smollm2', messages: [{ role: 'user', content: 'How does a river shape the land?' }] }

async function answer(client) {
  let text = ''
  const stream = await client.chat.completions.create({ ...question, stream: true })
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? ''
  return text
}

test('the answer, from the variables that mocksse set', async () => {
  expect(await answer(new OpenAI())).toMatch(/^The river's path .* flora and fauna\.$/s)
})

test('the SDK asks again after a 429', async () => {
  const { openai, requests } = await session({ faults: 'status 429 retry-after=0 times=1' })
  expect(await answer(new OpenAI({ baseURL: openai }))).toContain('river')
  expect((await requests()).map((request) => request.status)).toEqual([429, 200])
})

test('a stream that is cut is an error, and not asked for again', async () => {
  const { openai, requests } = await session({ faults: 'reset at=event:5' })
  await expect(answer(new OpenAI({ baseURL: openai }))).rejects.toThrow()
  expect(await requests()).toHaveLength(1)
})
