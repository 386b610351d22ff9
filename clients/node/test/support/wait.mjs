import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until the condition holds; fails after ten seconds, or so many milliseconds. */
export async function until(condition, what = String(condition), milliseconds = 10_000) {
  const end = performance.now() + milliseconds
  while (!(await condition())) {
    assert.ok(performance.now() < end, `never: ${what}`)
    await sleep(2)
  }
}

export { sleep }

/** What a promise rejects with. */
export async function errorOf(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  return assert.fail('it did not fail')
}
