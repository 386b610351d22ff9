'use strict'

/** Aborted when the client leaves before it has its answer: its call is cancelled. */
function leavingSignal(response) {
  const controller = new AbortController()
  const leave = () => controller.abort()
  response.once?.('close', leave)
  return { signal: controller.signal, end: () => response.off?.('close', leave) }
}

module.exports = { leavingSignal }
