'use strict'

/** What the daemon accepts, as it says in its hello; what it always accepts, where that says nothing. */
function readLimits(hello) {
  const said = hello?.limits ?? {}
  const positive = (value, otherwise) => (Number.isInteger(value) && value > 0 ? value : otherwise)
  return {
    lineBytes: positive(said.line_bytes, 64 * 1024),
    replyBytes: positive(said.reply_bytes, 1024 * 1024),
    callsInFlight: positive(said.calls_in_flight, 64),
  }
}

module.exports = { readLimits }
