'use strict'

const { channel } = require('node:diagnostics_channel')

/**
 * What `diagnostics_channel.tracingChannel('mvp-auth:call')` subscribes to, by its parts: Node 18 has only those.
 * A message holds the method's name and how the call went, nothing of what is called or answered.
 */
const channels = Object.fromEntries(
  ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((name) => [name, channel(`tracing:mvp-auth:call:${name}`)]))
const all = Object.values(channels)

/** What subscribers are told of a call; undefined while nobody listens. They may set `traceparent` at the start. */
function begin(method) {
  if (!all.some((each) => each.hasSubscribers)) return undefined
  const context = { method, attempts: 0, duration: undefined, traceparent: undefined, began: performance.now() }
  Object.defineProperty(context, 'began', { enumerable: false })
  channels.start.publish(context)
  return context
}

/** The first part is over: the call is on its way. */
function departed(context) {
  if (context !== undefined) channels.end.publish(context)
}

/** The call is over, with an error or without. */
function arrived(context, error) {
  if (context === undefined) return
  context.duration = performance.now() - context.began
  if (error !== undefined) {
    context.error = error
    channels.error.publish(context)
  }
  channels.asyncStart.publish(context)
  channels.asyncEnd.publish(context)
}

const emails = channel('mvp-auth:email')

/** An email event is over: how it was settled, and how long that took. */
function delivered(message) {
  if (emails.hasSubscribers) emails.publish(message)
}

module.exports = { arrived, begin, delivered, departed }
