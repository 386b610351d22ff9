// The real daemon, for the tests of this package: found by MVP_AUTHD, on the PATH, or where the checkout builds it.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startDaemon } from 'mvp-auth/testing'

export const PASSWORD = 'correct horse battery'

if (!process.env.MVP_AUTHD) {
  for (const kind of ['release', 'debug']) {
    const built = fileURLToPath(new URL(`../../../../.build/${kind}/mvp-authd`, import.meta.url))
    if (existsSync(built) && !process.env.MVP_AUTHD) process.env.MVP_AUTHD = built
  }
}

// The machine of the tests may have a daemon of its own.
for (const name of ['MVP_AUTH_SOCKET', 'MVP_AUTH_RUNTIME_DIR', 'XDG_RUNTIME_DIR']) delete process.env[name]

let number = 0
/** An address that no other test uses. */
export const address = () => `user${(number += 1)}-${process.pid}@example.org`

/** A private daemon that ends with the test. */
export async function daemonFor(test, settings) {
  const daemon = await startDaemon(settings)
  test.after(() => daemon.close())
  return daemon
}

/** A client of it that ends with the test. */
export function clientFor(test, daemon, options) {
  const auth = daemon.client(options)
  test.after(() => auth.close())
  return auth
}

/** Ends the daemon as a fault would; `start` starts it again. */
export async function kill(daemon) {
  const mark = `MVP_AUTH_RUNTIME_DIR=${daemon.directory}/run\0`
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/comm`, 'utf8') !== 'mvp-authd\n') continue
      if (readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark)) process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended, or is somebody else's.
    }
  }
  await daemon.stop()
}
