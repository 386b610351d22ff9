// Servers for the tests of integrations: Express and Connect where `run-tests` has unpacked them, plain HTTP always.
import http from 'node:http'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** A module that the tests can do without; undefined where there is none. `run-tests` puts them on NODE_PATH. */
export function optional(name) {
  try {
    return require(name)
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND' || process.env.MVP_AUTH_TEST_REQUIRES_MODULES) throw error
    return undefined
  }
}

/** Serves on a port of loopback for the length of a test; answers a function that makes requests. */
export async function serve(test, handler) {
  const server = http.createServer(handler)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  test.after(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address()
  return async (method, path, { body, token, headers = {}, type = 'application/json', signal, raw } = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      signal,
      headers: {
        ...(body !== undefined || raw !== undefined ? { 'content-type': type } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    })
    const text = await response.text()
    const isJSON = response.headers.get('content-type')?.startsWith('application/json') && text !== ''
    return { status: response.status, headers: response.headers, body: isJSON ? JSON.parse(text) : text }
  }
}
