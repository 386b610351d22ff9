'use strict'

const { startDaemon } = require('./daemon.cjs')
const { startScriptedServer, steps } = require('./scripted.cjs')
const { StubAuth } = require('./stub.cjs')

module.exports = { StubAuth, startDaemon, startScriptedServer, steps }
