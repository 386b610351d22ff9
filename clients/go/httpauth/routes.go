package httpauth

import (
	"fmt"
	"net"
	"net/http"

	"example.org/mvp-auth/clients/go/mvpauth"
)

// A Name is that of a route or of a group of routes.
type Name string

// The groups of routes.
const (
	// Core is register, login, refresh, me and logout.
	Core Name = "core"
	// Verify is the verification of addresses.
	Verify Name = "verify"
	// Password is forgot, reset and change.
	Password Name = "password"
	// SessionManagement is the list of sessions, ending one, and ending all.
	SessionManagement Name = "session_management"
)

// A bodyMember is a member that a route reads from the body: a text, or true or false.
type bodyMember struct {
	name       string
	isOptional bool
	isFlag     bool
}

// A route is a row of the catalogue.
type route struct {
	name  Name
	group string
	verb  string
	path  string
	// method is what the daemon is asked.
	method string
	status int
	body   []bodyMember
	// pathParam is the member that the end of the path is, where it is {id}.
	pathParam   string
	isProtected bool
	// addsDevice and addsAddress are what the daemon is told of the one who makes the request.
	addsDevice  bool
	addsAddress bool
}

func (r route) isIn(name Name) bool {
	return r.name == name || Name(r.group) == name && r.group != "sessions" ||
		name == SessionManagement && r.group == "sessions"
}

// A HandlerOption says what [Handler] serves, and how.
type HandlerOption func(*handler)

// Routes serves these routes and groups only. It panics when there is no such name.
func Routes(names ...Name) HandlerOption {
	check(names)
	return func(h *handler) { h.included = append(h.included, names...) }
}

// Without leaves these routes and groups out. It panics when there is no such name.
func Without(names ...Name) HandlerOption {
	check(names)
	return func(h *handler) { h.excluded = append(h.excluded, names...) }
}

// ClientIP tells the address from which a request comes, for applications behind a proxy: the daemon lets one network
// sign in and register so often. By default it is that of the connection, whatever the headers say, since everybody
// can write those.
func ClientIP(address func(*http.Request) string) HandlerOption {
	return func(h *handler) { h.clientIP = address }
}

// Handler serves the routes of the REST interface, each by one call of the daemon. Mount it without its prefix:
//
//	mux.Handle("/auth/", http.StripPrefix("/auth", httpauth.Handler(auth, httpauth.Routes(httpauth.Core))))
//
// It panics when there is no route left to serve.
func Handler(auth *mvpauth.Client, options ...HandlerOption) http.Handler {
	h := &handler{auth: auth, clientIP: remoteAddress}
	for _, option := range options {
		option(h)
	}
	for _, route := range table {
		if (len(h.included) == 0 || isAny(route, h.included)) && !isAny(route, h.excluded) {
			h.routes = append(h.routes, route)
		}
	}
	if len(h.routes) == 0 {
		panic("httpauth: no routes are left")
	}
	return h
}

func check(names []Name) {
	for _, name := range names {
		isKnown := false
		for _, route := range table {
			isKnown = isKnown || route.isIn(name)
		}
		if !isKnown {
			panic(fmt.Sprintf("httpauth: there is no route %q", string(name)))
		}
	}
}

func isAny(route route, names []Name) bool {
	for _, name := range names {
		if route.isIn(name) {
			return true
		}
	}
	return false
}

func remoteAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
