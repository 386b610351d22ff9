'use strict'

const { Client } = require('./client/client.cjs')
const { version } = require('./client/settings.cjs')
const { DropEmail } = require('./emails/event.cjs')
const { classes } = require('./errors/classes.cjs')
const { TokenSource } = require('./tokens/source.cjs')

module.exports = { Client, TokenSource, DropEmail, ...classes, version }
