// The rows that every client is tested by, and the scripted server for them (`clients/vectors`).
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const VECTORS = fileURLToPath(new URL('../../../vectors/', import.meta.url))

export function rows(name) {
  return readFileSync(`${VECTORS}${name}.jsonl`, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line))
}

/** `serve.py`, spoken to over its standard input and output. */
export class Server {
  #child = spawn('python3', [`${VECTORS}serve.py`], { stdio: ['pipe', 'pipe', 'inherit'] })
  #lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  #directory = mkdtempSync(join(tmpdir(), 'mvp-auth-'))
  #number = 0

  async ask(command) {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`)
    return JSON.parse((await this.#lines.next()).value)
  }

  async serve(steps) {
    const path = join(this.#directory, `${(this.#number += 1)}.sock`)
    await this.ask({ path, steps })
    return path
  }

  report() {
    return this.ask({ report: true })
  }

  async close() {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.stdin.end()
    const code = await ended
    rmSync(this.#directory, { recursive: true, force: true })
    return code
  }
}
