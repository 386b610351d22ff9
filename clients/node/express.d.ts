import { Client } from './index'
import { MvpAuthError } from './lib/errors'
import { Authenticated, RequireAuthOptions, RouteGroup, RouteName, RouteOptions } from './lib/web'

export { Authenticated, RequireAuthOptions, RouteGroup, RouteName, RouteOptions }

declare global {
  namespace Express {
    // @types/express merges this into its Request.
    interface Request {
      /** Who makes the request, after `requireAuth`. */
      auth?: Authenticated | null
    }
  }
}

/** A middleware for Express, Connect, and everything that calls functions as they do. */
export type Middleware = (request: any, response: any, next: (error?: any) => void) => Promise<void>

/** A middleware that lets those in who have a living token; `req.auth` says who. Errors go to `next`. */
export function requireAuth(auth: Client, options?: RequireAuthOptions): Middleware

export interface AuthRouterOptions extends RouteOptions {
  /** What stands before the routes, where nothing mounts the router at a path: `/auth`. */
  prefix?: string
  /**
   * The address from which a request comes, which the daemon counts attempts by. Without it Express's `req.ip`, which
   * goes by the setting `trust proxy`; elsewhere that of the connection.
   */
  clientIp?: (request: any) => string | undefined
}

/**
 * The routes of the REST interface: `app.use('/auth', authRouter(auth))`. It answers what the daemon refuses by itself;
 * what is no route of it goes to `next`. `http.createServer(authRouter(auth, { prefix: '/auth' }))` works as well.
 */
export function authRouter(
  auth: Client, options?: AuthRouterOptions,
): (request: any, response: any, next?: (error?: any) => void) => Promise<void>

/** Answers errors of the client as the REST routes do; others go to `next`. */
export function errorHandler(options?: {
  log?: (error: MvpAuthError) => void
}): (error: any, request: any, response: any, next: (error?: any) => void) => void

/** The names of the routes in each group. */
export const routeGroups: Record<RouteGroup, readonly RouteName[]>
