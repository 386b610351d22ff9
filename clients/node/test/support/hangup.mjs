// A thread with a daemon that hangs up after each answer, and counts that in shared memory.
import { parentPort, workerData } from 'node:worker_threads'
import { Fake, answer } from './fake.mjs'

const fake = await Fake.start(async (peer) => {
  const call = await peer.read()
  if (call === undefined) return
  peer.socket.on('close', () => {
    Atomics.add(workerData, 0, 1)
    Atomics.notify(workerData, 0)
  })
  peer.reply(call, answer(call))
  // Until the other thread has read the answer, and turns its loop no more.
  while (Atomics.load(workerData, 1) <= Atomics.load(workerData, 0)) await new Promise(setImmediate)
  peer.close()
})
parentPort.postMessage([fake.path])
