package mvpauth

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// checkPeer refuses a socket that somebody else has put in the daemon's place. Good are root (systemd holds the
// socket), this process's user, and the daemon's user; where that is not given, the owner of the socket's directory.
func checkPeer(socket *net.UnixConn, path string, daemon *int, warn func(string)) *Error {
	peer, err := peerUID(socket)
	if err != nil {
		return unavailable("The user who serves the socket " + path + " cannot be told.").because(err)
	}
	directory := filepath.Dir(path)
	status, err := os.Stat(directory)
	isAccepted := peer == 0 || peer == os.Geteuid()
	if daemon != nil {
		isAccepted = isAccepted || peer == *daemon
	} else if err == nil {
		owner, isKnown := status.Sys().(*syscall.Stat_t)
		isAccepted = isAccepted || isKnown && peer == int(owner.Uid)
	}
	if !isAccepted {
		failure := unavailable(fmt.Sprintf(
			"The socket %s is served by uid %d, which is not the daemon's. If it should be, set DaemonUID to %d.",
			path, peer, peer))
		failure.Retryable = false
		return failure
	}
	if err == nil && status.Mode().Perm()&0o002 != 0 {
		warn(fmt.Sprintf("Everybody may create files in %s, so another user could put a socket in the place of %s."+
			" Move it to a directory of the daemon's own.", directory, path))
	}
	return nil
}

func peerUID(socket *net.UnixConn) (int, error) {
	raw, err := socket.SyscallConn()
	if err != nil {
		return 0, err
	}
	var credentials *syscall.Ucred
	var failure error
	err = raw.Control(func(descriptor uintptr) {
		credentials, failure = syscall.GetsockoptUcred(int(descriptor), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	if err != nil {
		return 0, err
	}
	if failure != nil {
		return 0, failure
	}
	return int(credentials.Uid), nil
}
