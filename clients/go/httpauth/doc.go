// Package httpauth is mvpauth for net/http: a middleware that asks the daemon who makes a request, and the routes of
// the REST interface.
//
//	auth := &mvpauth.Client{}
//	mux.Handle("/auth/", http.StripPrefix("/auth", httpauth.Handler(auth)))
//	mux.Handle("/private", httpauth.Require(auth)(private))
//
// In the handler behind [Require], [Payload] has the claims of the request's token and [User] the account.
package httpauth
