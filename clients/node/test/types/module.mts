// Compiled by the types test, never run: what an application in TypeScript writes, and what it must not get away with.
import {
  Client, DropEmail, EmailEvent, KeyedCallOptions, LoginParams, MvpAuthError, SessionResponse, TokenExpiredError,
  TokenPair, TokenSource, ValidationError, version,
} from 'mvp-auth'
import { Authenticated, authRouter, errorHandler, requireAuth, routeGroups } from 'mvp-auth/express'
import mvpAuth, { authRoutes, errorHandler as fastifyErrors, requireAuth as fastifyHook } from 'mvp-auth/fastify'
import { StubAuth, startDaemon, startScriptedServer, steps } from 'mvp-auth/testing'

const auth = new Client({ timeout: 2000, roles: ['client'], daemonUid: undefined })
new Client('unix:///run/mvp-auth/mvp-auth.sock')
new Client(new URL('unix:///run/mvp-auth/mvp-auth.sock'))

export async function calls(signal: AbortSignal, agent: string | undefined): Promise<string> {
  const params: LoginParams = { email: 'ada@example.org', password: 'secret', deviceInfo: agent }
  const pair: TokenPair = await auth.login(params, { signal, timeout: Infinity, idempotencyKey: 'one-intention' })
  const sessions: SessionResponse[] = await auth.sessions({ accessToken: pair.accessToken })
  const device: string | null = sessions[0].deviceInfo
  await auth.revokeSession({ userId: 'someone', sessionId: sessions[0].id })
  await auth.logout({ refreshToken: pair.refreshToken })
  await auth.changePassword({ accessToken: pair.accessToken, currentPassword: 'a', newPassword: 'b' })
  const payload = await auth.verify({ accessToken: pair.accessToken })
  const seconds: number = payload.exp - payload.iat
  const pong: boolean = (await auth.ping({ timeout: seconds })).pong
  const reply = await auth.call('rpc.discover', {}, { signal })
  const wire: string = pair.toJSON().access_token + (await auth.currentUser({ userId: 'x' })).toJSON().created_at
  return `${device} ${pong} ${reply.openrpc} ${wire} ${version}`
}

export async function mistakes() {
  // @ts-expect-error: one of the two
  await auth.currentUser({ accessToken: 'a', userId: 'b' })
  // @ts-expect-error: neither
  await auth.currentUser({})
  // @ts-expect-error: no such member
  await auth.login({ mail: 'ada@example.org', password: 'x' })
  // @ts-expect-error: an idempotent call has no key
  await auth.verify({ accessToken: 'a' }, { idempotencyKey: 'one-intention' })
  const user = await auth.currentUser({ accessToken: 'a' })
  // @ts-expect-error: values are immutable
  user.email = 'eve@example.org'
  // @ts-expect-error: timestamps stay texts
  user.createdAt.getTime()
  // @ts-expect-error: no such role
  new Client({ roles: ['root'] })
}

export function errors(error: unknown) {
  if (error instanceof TokenExpiredError) return error.code
  if (error instanceof ValidationError) return error.fields.map((field) => field.path + field.reason)
  if (error instanceof MvpAuthError && error.retryable) return new Date(Date.now() + (error.retryAfter ?? 0))
  return undefined
}

export async function tokens(pair: TokenPair, saved: string) {
  const source = new TokenSource(auth, pair, {
    onUpdate: (pair) => JSON.stringify(pair),
    onLost: (error) => error.code,
    lock: (work) => work(),
    load: async () => JSON.parse(saved),
  })
  new TokenSource(new StubAuth(), pair.toJSON(), { age: Infinity })
  return (await source.accessToken({ signal: new AbortController().signal })).length
}

export async function emails(signal: AbortSignal, send: (email: EmailEvent) => Promise<void>) {
  for await (const email of auth.emails({ signal, prefetch: 1, events: ['verification_email'] })) {
    await send(email)
    await email.ack()
  }
  const consumer = auth.onEmail(async (email) => {
    if (email.attempt > 3) throw new DropEmail('no such mailbox')
    await send(email)
  })
  await consumer.subscribed
  await consumer.stop({ timeout: 1000 })
}

const log = (error: MvpAuthError) => error.requestId
export const web = [
  requireAuth(auth, { verified: true }), authRouter(auth, { include: ['core', 'change_password'], exclude: ['me'], log }),
  authRouter(auth, { prefix: '/auth', clientIp: (request) => request.headers['x-real-ip'] }),
  errorHandler({ log }), routeGroups.core[0],
]
export const who = (request: Express.Request): Authenticated | null | undefined => request.auth
// @ts-expect-error: no such option
requireAuth(auth, { verfied: true })
// @ts-expect-error: no such route
authRouter(auth, { include: ['register', 'nothing'] })
export const hooks = [fastifyHook(auth), fastifyErrors({ log }), authRoutes, mvpAuth, mvpAuth.authRoutes]
export type Decorations = mvpAuth.Decorations

export async function tests() {
  const daemon = await startDaemon({ AUTH_MIN_PASSWORD_LENGTH: '12' })
  const token: string = (await daemon.email('ada@example.org', { event: 'password_reset_email' })).token
  const server = await startScriptedServer([steps.delay(10, steps.error('OVERLOADED', { retryAfter: 5 })), steps.hangUp()])
  const stub = new StubAuth({ users: { 'ada-token': { email: 'ada@example.org', isVerified: false } } })
  const client: Client = stub
  stub.failNext('auth.login', 'RATE_LIMITED', { retryAfter: 10 })
  const status: 'success' | 'retry' | 'drop' = await stub.deliver({ email: 'ada@example.org', token })
  const dispose: () => Promise<void> = client[Symbol.asyncDispose]
  const options: KeyedCallOptions = {}
  return [server.calls[0].method, stub.calls.length, status, dispose, options]
}
