'use strict'

const { Settings } = require('../client/settings.cjs')
const { Deliveries } = require('../emails/deliveries.cjs')
const { consumerOptions } = require('../emails/options.cjs')

/** Takes the emails of a private daemon from the moment in which a test looks, and keeps no program alive. */
class Mailbox {
  #settings
  #deliveries
  #emails = []

  constructor(socket) {
    this.#settings = new Settings({ socket }).keeping(['hooks'])
  }

  /** What has come so far. */
  get emails() {
    return [...this.#emails]
  }

  /** The same; more comes from now on. */
  open() {
    if (this.#deliveries === undefined) {
      const deliveries = new Deliveries(this.#settings, { ...consumerOptions({ prefetch: 100 }), keepsAlive: false })
      deliveries.onArrival = () => this.#take(deliveries)
      deliveries.start(() => {}, () => {})
      this.#deliveries = deliveries
    }
    return this.emails
  }

  /** Takes no more until it is opened again. */
  async close() {
    const deliveries = this.#deliveries
    this.#deliveries = undefined
    await deliveries?.stop()
    deliveries?.close()
  }

  #take(deliveries) {
    for (let email = deliveries.take(); email !== undefined; email = deliveries.take()) {
      const { event, email: address, token } = email
      this.#emails.push({ event, email: address, token })
      email.ack()
    }
  }
}

module.exports = { Mailbox }
