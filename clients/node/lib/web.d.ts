import { TokenPayload, UserResponse, RouteName } from './generated'
import { MvpAuthError } from './errors'

export type { RouteName } from './generated'

/** A group of routes. `sessions` alone is the route that lists them. */
export type RouteGroup = 'core' | 'verify' | 'password' | 'session_management'

/** Who makes a request. */
export interface Authenticated {
  /** The bearer token; not shown when this is printed. */
  readonly token: string
  /** The account; null with `user: false`. */
  readonly user: UserResponse | null
  /** The token's claims, with `user: false`; else null. */
  readonly payload: TokenPayload | null
}

export interface RequireAuthOptions {
  /** Whether the account is wanted (the default), or the token's claims. */
  user?: boolean
  /** Lets requests without a token in, with null; a bad token is refused all the same. */
  optional?: boolean
  /** Refuses users whose address is not verified. */
  verified?: boolean
}

export interface RouteOptions {
  /** The routes and groups to mount; all without it. */
  include?: Iterable<RouteName | RouteGroup>
  /** Those to leave out. */
  exclude?: Iterable<RouteName | RouteGroup>
  /** Told of every error that is answered; without it those of 500 and above go to `console.error`. */
  log?: (error: MvpAuthError) => void
}
