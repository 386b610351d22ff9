// A daemon that hands out emails, as section 6 of the protocol has it: leases, redelivery, competing consumers.
import { Fake } from './fake.mjs'

export class HooksDaemon {
  subscriptions = []
  acks = []
  /** Deliveries that wait for a subscriber. */
  pending = []
  /** The id of what is handed out, and to whom. */
  #leased = new Map()
  #attempts = new Map()
  /** Answers instead of the usual ones, by method: `({ peer, call }) => true` when it has answered. */
  interceptors = {}

  static async start(options) {
    const daemon = new HooksDaemon()
    daemon.fake = await Fake.start((peer) => daemon.#serve(peer), options)
    return daemon
  }

  get path() {
    return this.fake.path
  }

  /** Submits an email; answers its id. */
  submit(id, members = {}) {
    this.pending.push({
      delivery_id: id, event: 'verification_email', email: `${id}@example.org`, token: `token-of-${id}`,
      user_id: '5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10', created_at: '2026-03-01T12:00:00Z',
      expires_at: '2026-03-02T12:00:00Z', link: `https://example.org/verify-email?token=token-of-${id}`, ...members,
    })
    this.#dispatch()
    return id
  }

  /** Hands an email out again although it is leased: its time is over. */
  redeliver(id) {
    const { delivery, peer } = this.#leased.get(id)
    this.#hand(peer, delivery)
  }

  /** Ends every connection; what was handed out is pending again. */
  hangUp() {
    for (const { peer } of this.subscriptions) peer.close()
    this.subscriptions = []
  }

  outcomes(id) {
    return this.acks.filter((ack) => ack.delivery_id === id).map((ack) => ack.status)
  }

  async close() {
    await this.fake.close()
  }

  async #serve(peer) {
    peer.socket.on('close', () => this.#release(peer))
    for (let call = await peer.read(); call !== undefined; call = await peer.read()) {
      if (this.interceptors[call.method]?.({ peer, call })) continue
      this.#answer(peer, call)
    }
  }

  #answer(peer, call) {
    switch (call.method) {
      case 'hooks.subscribe':
        this.subscriptions.push({ peer, id: `s${this.subscriptions.length}`, ...call.params })
        peer.reply(call, { subscription: this.subscriptions.at(-1).id })
        return this.#dispatch()
      case 'hooks.ack': {
        const { delivery_id: id, status } = call.params
        const lease = this.#leased.get(id)
        this.acks.push(call.params)
        if (lease === undefined) return peer.reply(call, { stale: true })
        this.#leased.delete(id)
        peer.reply(call, {})
        if (status === 'retry') this.pending.push(lease.delivery)
        return this.#dispatch()
      }
      case 'hooks.unsubscribe':
        this.subscriptions = this.subscriptions.filter((each) => each.peer !== peer)
        return peer.reply(call, {})
      default:
        return peer.fail(call, 'METHOD_NOT_FOUND', -32601)
    }
  }

  #dispatch() {
    for (const { peer, prefetch } of this.subscriptions) {
      while (this.pending.length > 0 && [...this.#leased.values()].filter((each) => each.peer === peer).length < prefetch) {
        this.#hand(peer, this.pending.shift())
      }
    }
  }

  #hand(peer, delivery) {
    const attempt = (this.#attempts.get(delivery.delivery_id) ?? 0) + 1
    this.#attempts.set(delivery.delivery_id, attempt)
    this.#leased.set(delivery.delivery_id, { delivery, peer })
    peer.notify('hooks.event', { subscription: 's', attempt, ...delivery })
  }

  #release(peer) {
    this.subscriptions = this.subscriptions.filter((each) => each.peer !== peer)
    for (const [id, lease] of [...this.#leased]) {
      if (lease.peer !== peer) continue
      this.#leased.delete(id)
      this.pending.push(lease.delivery)
    }
    this.#dispatch()
  }
}
