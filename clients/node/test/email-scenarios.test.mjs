// Emails that the application sends, with the real daemon.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PASSWORD, address, clientFor, daemonFor, kill } from './support/daemons.mjs'
import { until } from './support/wait.mjs'

test('an email arrives once, and its token works', async (t) => {
  const daemon = await daemonFor(t)
  const auth = clientFor(t, daemon)
  const email = address()
  const user = await auth.register({ email, password: PASSWORD })
  const emails = auth.emails()
  const { value: first } = await emails.next()
  assert.deepEqual(
    [first.event, first.email, first.attempt, first.userId], ['verification_email', email, 1, user.id])
  assert.ok(first.link.endsWith(`/verify-email?token=${first.token}`))
  assert.equal((await auth.verifyEmail({ token: first.token })).isVerified, true)
  await first.ack()
  // The next one that comes is the next one that was caused.
  await auth.forgotPassword({ email })
  const { value: second } = await emails.next()
  assert.deepEqual([second.event, second.attempt], ['password_reset_email', 1])
  await auth.resetPassword({ token: second.token, newPassword: 'another long phrase' })
  await second.ack()
  await emails.return()
})

test('what was not acknowledged comes again, with the next attempt', async (t) => {
  const daemon = await daemonFor(t)
  const auth = clientFor(t, daemon)
  await auth.register({ email: address(), password: PASSWORD })
  const first = auth.emails()
  const { value: lost } = await first.next()
  await first.return()
  const second = auth.emails()
  const { value: again } = await second.next()
  assert.deepEqual([again.deliveryId, again.attempt], [lost.deliveryId, 2])
  await again.retry({ delay: 0, reason: 'once more' })
  const { value: last } = await second.next()
  assert.deepEqual([last.deliveryId, last.attempt], [lost.deliveryId, 3])
  await last.ack()
  await second.return()
})

test('two consumers share the emails', async (t) => {
  const daemon = await daemonFor(t)
  const auth = clientFor(t, daemon)
  const taken = [[], []]
  let open
  const both = new Promise((resolve) => {
    open = resolve
  })
  for (const own of taken) {
    auth.onEmail(async (email) => {
      own.push(email.email)
      if (taken.every((list) => list.length > 0)) open()
      // Nobody goes on before both have had one: with a prefetch of one there is no other way.
      await both
    }, { prefetch: 1 })
  }
  const addresses = Array.from({ length: 12 }, address)
  for (const email of addresses) await auth.register({ email, password: PASSWORD })
  await until(() => taken.flat().length >= addresses.length)
  assert.deepEqual(taken.flat().sort(), [...addresses].sort())
})

test('a daemon that is killed loses nothing, and nothing is sent twice', async (t) => {
  const daemon = await daemonFor(t, { AUTH_DATABASE_URL: '', AUTH_LOG_LEVEL: 'debug' })
  const auth = clientFor(t, daemon)
  const [first, second] = [address(), address()]
  const handled = []
  let open
  const gate = new Promise((resolve) => {
    open = resolve
  })
  auth.onEmail(async (email) => {
    handled.push([email.email, email.attempt])
    await gate
  }, { ackTimeout: 1000 })
  await auth.register({ email: first, password: PASSWORD })
  await until(() => handled.length === 1)
  await kill(daemon)
  // Sent while nobody hears of it: it comes again, and is only acknowledged again.
  open()
  await daemon.start()
  await auth.register({ email: second, password: PASSWORD })
  await until(() => daemon.log().split('an email was handed over').length === 3, 'both are acknowledged', 30_000)
  assert.deepEqual(handled, [[first, 1], [second, 1]])
})
