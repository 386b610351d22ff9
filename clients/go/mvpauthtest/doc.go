// Package mvpauthtest has what the tests of an application need: [Daemon] is the real thing in memory, [StubAuth]
// says "this request is Ada" without a daemon, and [Script] answers, waits and hangs up as it is told.
package mvpauthtest
