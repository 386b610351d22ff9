'use strict'

/** Who is told of a signal, by the signal: one listener for all, however many calls share it. */
const listeners = new WeakMap()

/** Calls `leave` when the signal is aborted. Answers what ends that. */
function onAbort(signal, leave) {
  let entry = listeners.get(signal)
  if (entry === undefined) {
    const leavers = new Set()
    const listener = () => {
      listeners.delete(signal)
      for (const each of [...leavers]) each()
    }
    entry = { leavers, listener }
    listeners.set(signal, entry)
    signal.addEventListener('abort', listener, { once: true })
  }
  const { leavers, listener } = entry
  leavers.add(leave)
  return () => {
    leavers.delete(leave)
    if (leavers.size > 0 || listeners.get(signal)?.leavers !== leavers) return
    listeners.delete(signal)
    signal.removeEventListener('abort', listener)
  }
}

/** The promise, or the signal's reason as soon as it is aborted. The promise goes on either way. */
function orAborted(promise, signal) {
  if (signal === undefined) return promise
  if (signal.aborted) {
    promise.catch(() => {})
    return Promise.reject(signal.reason)
  }
  return new Promise((resolve, reject) => {
    const off = onAbort(signal, () => reject(signal.reason))
    promise.then(resolve, reject).finally(off)
  })
}

/** Waits. A signal ends it early, with its reason. */
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const off = signal === undefined ? () => {} : onAbort(signal, () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
    const timer = setTimeout(() => {
      off()
      resolve()
    }, milliseconds)
  })
}

module.exports = { onAbort, orAborted, pause }
