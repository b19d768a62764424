// A session of the server for one test: cassettes, faults and a journal of its own, so that tests may run at once.
// What `POST /__mocksse/sessions` takes is in docs/server.md.

const server = process.env.MOCKSSE_URL

async function call(method, path, body) {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${server}/__mocksse${path}`, { method, headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.json()
}

export async function session(settings = {}) {
  const { name, base_url: url } = await call('POST', '/sessions', settings)
  return {
    openai: `${url}/v1`,
    requests: async () => (await call('GET', `/sessions/${name}/requests`)).requests,
  }
}
