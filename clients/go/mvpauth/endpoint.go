package mvpauth

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
)

const (
	socketName      = "mvp-auth.sock"
	systemDirectory = "/run/mvp-auth"
	// maximumPathBytes is what fits into the kernel's sockaddr_un.
	maximumPathBytes = 107
)

// candidates are the paths at which the socket may be, in the order of the search. An empty variable is as an unset
// one. RUNTIME_DIRECTORY is not looked at: under systemd it is the application's own.
func candidates(argument string, getenv func(string) string) ([]string, *Error) {
	if argument == "" {
		argument = getenv("MVP_AUTH_SOCKET")
	}
	var paths []string
	switch runtime := getenv("MVP_AUTH_RUNTIME_DIR"); {
	case argument != "":
		paths = []string{strings.TrimPrefix(argument, "unix://")}
	case runtime != "":
		paths = []string{inDirectory(runtime)}
	default:
		if session := getenv("XDG_RUNTIME_DIR"); session != "" {
			paths = append(paths, inDirectory(session+"/mvp-auth"))
		}
		paths = append(paths, inDirectory(systemDirectory))
	}
	for _, path := range paths {
		if reason := impossible(path); reason != "" {
			return nil, &Error{Code: ConfigurationError, Message: reason}
		}
	}
	return paths, nil
}

func inDirectory(directory string) string {
	return strings.TrimRight(directory, "/") + "/" + socketName
}

func impossible(path string) string {
	switch {
	case path == "":
		return "The socket has no path: write unix:///run/mvp-auth/mvp-auth.sock."
	case strings.IndexByte(path, 0) >= 0:
		return "The socket's path holds a zero byte."
	case len(path) > maximumPathBytes:
		return fmt.Sprintf("The socket's path is %d bytes long, and the system allows %d: %s",
			len(path), maximumPathBytes, path)
	}
	return ""
}

// locate is the first path that exists; the last one when none does. A path that may not be looked at is taken when no
// other exists, so that the error is about permission and not about absence.
func locate(paths []string, stat func(string) error) string {
	hidden := ""
	for _, path := range paths {
		err := stat(path)
		if err == nil {
			return path
		}
		if hidden == "" && errors.Is(err, fs.ErrPermission) {
			hidden = path
		}
	}
	if hidden != "" {
		return hidden
	}
	return paths[len(paths)-1]
}

// dial connects, by the fields and the environment of this moment.
func (c *Client) dial(ctx context.Context) (net.Conn, *Error) {
	if c.Dial != nil {
		socket, err := c.Dial(ctx)
		if err != nil {
			return nil, unavailable("The daemon cannot be reached: " + err.Error()).because(err)
		}
		if unix, isUnix := socket.(*net.UnixConn); isUnix && c.DaemonUID != nil {
			return c.checked(unix, unix.RemoteAddr().String())
		}
		return socket, nil
	}
	paths, failure := candidates(c.Socket, os.Getenv)
	if failure != nil {
		return nil, failure
	}
	path := locate(paths, func(path string) error { _, err := os.Stat(path); return err })
	socket, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, explain(err, path, paths)
	}
	return c.checked(socket.(*net.UnixConn), path)
}

// checked is the socket, if its other end is the daemon's.
func (c *Client) checked(socket *net.UnixConn, path string) (net.Conn, *Error) {
	if failure := checkPeer(socket, path, c.DaemonUID, c.warn); failure != nil {
		socket.Close()
		return nil, failure
	}
	return socket, nil
}

// explain says what a failed connect means and what to do about it. A full backlog is EAGAIN, which is worth another
// attempt, as is a socket that is not there yet.
func explain(err error, path string, searched []string) *Error {
	var failure *Error
	switch {
	case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENOTDIR):
		failure = unavailable("There is no socket at " + strings.Join(searched, " and ") +
			". Is mvp-authd running? Set MVP_AUTH_SOCKET when it listens elsewhere.")
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		failure = unavailable("This process may not use " + path +
			". Add its user to the group mvp-auth (usermod -aG mvp-auth USER) and start it again.")
		failure.Retryable = false
	case errors.Is(err, syscall.ECONNREFUSED):
		failure = unavailable("Nobody listens at " + path + ". Is mvp-authd running?")
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.ETIMEDOUT):
		failure = unavailable("The daemon at " + path + " is too busy to accept the connection.")
	default:
		failure = unavailable("The daemon cannot be reached at " + path + ".")
	}
	failure.cause = err
	return failure
}

var warned sync.Map

// warn says something once in the process.
func (c *Client) warn(message string) {
	if _, isKnown := warned.LoadOrStore(message, true); isKnown {
		return
	}
	if c.Warn != nil {
		c.Warn(message)
	} else {
		log.Print("mvpauth: " + message)
	}
}
