// A thread with a client of its own.
import { parentPort, workerData } from 'node:worker_threads'
import { Client } from 'mvp-auth'

const auth = new Client(workerData)
const { email } = await auth.currentUser({ accessToken: 'worker' })
await auth.close()
parentPort.postMessage(email)
