// The rows of Node in `make bench-clients`. usage: rows.mjs SOCKET TOKEN SECONDS
import net from 'node:net'
import { once } from 'node:events'
import { Client } from 'mvp-auth'

const [path, accessToken, seconds] = process.argv.slice(2)

/** Microseconds of every call, one after the other. */
async function measure(call) {
  const times = []
  const end = performance.now() + seconds * 1000
  for (let began = performance.now(); began < end; began = performance.now()) {
    await call()
    times.push((performance.now() - began) * 1000)
  }
  return times
}

function show(name, times) {
  times.sort((a, b) => a - b)
  const at = (share) => times[Math.floor(times.length * share)]
  const rate = (times.length * 1e6) / times.reduce((sum, time) => sum + time, 0)
  console.log(JSON.stringify({ name, raw: 'raw socket', rate, p50: at(0.5), p99: at(0.99) }))
}

// What Node's sockets can do: the same line, nothing checked, nothing decoded.
const socket = net.connect(path)
await once(socket, 'connect')
const params = { access_token: accessToken }
const line = `${JSON.stringify({ jsonrpc: '2.0', id: '1', method: 'token.verify', params })}\n`
let answered
socket.on('data', (data) => data[data.length - 1] === 0x0a && answered())
show('raw socket', await measure(() => new Promise((resolve) => {
  answered = resolve
  socket.write(line)
})))
socket.destroy()

const auth = new Client(path)
await auth.ready()
show('Client', await measure(() => auth.verify({ accessToken })))
await auth.close()
