//go:build !linux

package mvpauth

import "net"

// checkPeer lets everybody pass: the daemon runs on Linux.
func checkPeer(*net.UnixConn, string, *int, func(string)) *Error { return nil }
