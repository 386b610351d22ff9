import implementation from './lib/testing/index.cjs'

export const { StubAuth, startDaemon, startScriptedServer, steps } = implementation
