/** How a call is made. */
export interface CallOptions {
  /** Ends the wait at once; the call then rejects with the signal's reason, and the daemon is told. */
  signal?: AbortSignal | undefined
  /** Milliseconds that the call may take in all, connecting and repeating included; `Infinity` for no limit. */
  timeout?: number | undefined
}

/** How a call is made that may not simply be made twice. */
export interface KeyedCallOptions extends CallOptions {
  /**
   * With one, a call whose answer was lost is made again by itself, and the daemon answers what it answered before: 8
   * to 128 printable ASCII characters, one for each intention, remembered for a minute.
   */
  idempotencyKey?: string | undefined
}
