// Measures `verify` through the client, beside a raw socket, in one run. `make bench-node`.
//
// Every row is measured in turns with the others, so that what else the machine does falls on all of them alike; the
// median of the turns is printed.
import { execFileSync } from 'node:child_process'
import net from 'node:net'
import { fileURLToPath } from 'node:url'
import { Client } from 'mvp-auth'
import { startDaemon } from 'mvp-auth/testing'

const TURNS = 7
const MILLISECONDS = 400
const IN_FLIGHT = 32
const PASSWORD = 'correct horse battery'

const daemon = await startDaemon()
const auth = daemon.client()
await auth.register({ email: 'ada@example.org', password: PASSWORD })
const { accessToken } = await auth.login({ email: 'ada@example.org', password: PASSWORD })

const ways = {
  'raw socket': () => raw(1),
  Client: () => through(1),
  [`raw socket, ${IN_FLIGHT} in flight`]: () => raw(IN_FLIGHT),
  [`Client, ${IN_FLIGHT} in flight`]: () => through(IN_FLIGHT),
}
const rates = Object.fromEntries(Object.keys(ways).map((name) => [name, []]))
console.log(`Node ${process.version}, ${TURNS} turns of ${MILLISECONDS / 1000} s each\n`)
for (let turn = 0; turn < TURNS; turn += 1) {
  for (const [name, way] of Object.entries(ways)) rates[name].push(await way())
}

console.log(`${'verify'.padEnd(28)}${'a call'.padStart(12)}${'calls/s'.padStart(12)}${'of raw'.padStart(9)}`)
for (const name of Object.keys(ways)) {
  const rate = median(rates[name])
  const base = median(rates[name.replace('Client', 'raw socket')])
  const columns = [`${(1e6 / rate).toFixed(1)} µs`.padStart(12), Math.round(rate).toLocaleString('en').padStart(12)]
  console.log(`${name.padEnd(28)}${columns.join('')}${`${Math.round((100 * rate) / base)}%`.padStart(9)}`)
}
for (const statement of ["require('mvp-auth')", "require('mvp-auth/express')"]) {
  console.log(`cold ${statement.padEnd(30)}${cold(statement).toFixed(1).padStart(8)} ms`)
}
await auth.close()
await daemon.close()

/** What Node's sockets can do: the same lines, nothing checked, nothing decoded. */
function raw(atOnce) {
  const call = { jsonrpc: '2.0', id: '1', method: 'token.verify', params: { access_token: accessToken } }
  const lines = `${JSON.stringify(call)}\n`.repeat(atOnce)
  return new Promise((resolve) => {
    const socket = net.connect(daemon.socket)
    const began = performance.now()
    let count = 0
    let left = atOnce
    socket.on('data', (data) => {
      for (const byte of data) if (byte === 0x0a) left -= 1
      if (left > 0) return
      count += atOnce
      const passed = performance.now() - began
      if (passed < MILLISECONDS) {
        left = atOnce
        socket.write(lines)
      } else {
        socket.destroy()
        resolve((count * 1000) / passed)
      }
    })
    socket.write(lines)
  })
}

async function through(tasks) {
  const client = new Client(daemon.socket)
  await client.ready()
  const began = performance.now()
  let count = 0
  const work = async () => {
    while (performance.now() - began < MILLISECONDS) {
      await client.verify({ accessToken })
      count += 1
    }
  }
  await Promise.all(Array.from({ length: tasks }, work))
  const rate = (count * 1000) / (performance.now() - began)
  await client.close()
  return rate
}

/** Milliseconds that loading takes in a new process. */
function cold(statement) {
  const script = `const began = performance.now(); ${statement}; console.log(performance.now() - began)`
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  return median(Array.from({ length: 5 }, () => Number(execFileSync(process.execPath, ['-e', script], { cwd }))))
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}
