import { Client, ClientOptions } from './index'
import { MvpAuthError } from './lib/errors'
import { Authenticated, RequireAuthOptions, RouteGroup, RouteName, RouteOptions } from './lib/web'

/**
 * The plugin: `fastify.auth` is the client, `fastify.requireAuth` a hook after which `request.auth` says who makes the
 * request. An application in TypeScript declares them once:
 *
 * ```ts
 * declare module 'fastify' {
 *   interface FastifyInstance extends mvpAuth.Decorations {}
 *   interface FastifyRequest { auth: mvpAuth.Authenticated | null }
 * }
 * ```
 */
declare function mvpAuth(fastify: any, options?: mvpAuth.Options): Promise<void>

declare namespace mvpAuth {
  export { Authenticated, RequireAuthOptions, RouteGroup, RouteName, RouteOptions }

  export interface Options extends ClientOptions {
    /** A client that lives longer than the server; without it one is made, and ends with the server. */
    client?: Client
  }

  export type Hook = (request: any, reply: any) => Promise<void>

  export interface Decorations {
    readonly auth: Client
    readonly requireAuth: Hook
  }

  /** A hook for `onRequest` that lets those in who have a living token. */
  export function requireAuth(auth: Client, options?: RequireAuthOptions): Hook

  /** The routes of the REST interface as a plugin: `fastify.register(authRoutes, { prefix: '/auth' })`. */
  export function authRoutes(fastify: any, options: RouteOptions & { client?: Client; prefix?: string }): Promise<void>

  /** For `fastify.setErrorHandler`: answers errors of the client as the REST routes do, leaves others to Fastify. */
  export function errorHandler(options?: {
    log?: (error: MvpAuthError) => void
  }): (error: any, request: any, reply: any) => any

  /** The names of the routes in each group. */
  export const routeGroups: Record<RouteGroup, readonly RouteName[]>

  export { mvpAuth }
}

export = mvpAuth
