'use strict'

/** Makes `await using` work, where the runtime has it (Node 18.18 and 20.5 on). */
function disposable(cls, dispose) {
  if (Symbol.asyncDispose === undefined) return
  Object.defineProperty(cls.prototype, Symbol.asyncDispose, {
    async value() {
      await dispose(this)
    },
    writable: true,
    configurable: true,
  })
}

module.exports = { disposable }
