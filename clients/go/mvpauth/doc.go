// Package mvpauth is the client of mvp-authd, which does the authentication of an application by email and password
// and listens on a Unix socket.
//
//	auth := &mvpauth.Client{} // the zero value finds the socket
//	defer auth.Close()
//	pair, err := auth.Login(ctx, "ada@example.org", "correct horse battery", nil)
//	user, err := auth.CurrentUser(ctx, mvpauth.AccessToken(pair.AccessToken))
//	if errors.Is(err, mvpauth.TokenExpired) { … }
//
// Package httpauth has a middleware and the routes of the REST interface for net/http; package mvpauthtest has what
// the tests of an application need.
package mvpauth
