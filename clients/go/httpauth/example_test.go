package httpauth_test

import (
	"fmt"
	"net/http"

	"example.org/mvp-auth/clients/go/httpauth"
	"example.org/mvp-auth/clients/go/mvpauth"
)

func Example() {
	auth := &mvpauth.Client{}
	defer auth.Close()
	mux := http.NewServeMux()
	mux.Handle("/auth/", http.StripPrefix("/auth", httpauth.Handler(auth)))
	mux.Handle("/private", httpauth.Require(auth)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, err := httpauth.User(r.Context())
		if err != nil {
			httpauth.Error(w, err)
			return
		}
		fmt.Fprintf(w, "Hello, %s.\n", user.Email)
	})))
	http.ListenAndServe("127.0.0.1:8000", mux)
}

func ExampleHandler() {
	auth := &mvpauth.Client{}
	routes := httpauth.Handler(auth,
		httpauth.Routes(httpauth.Core, httpauth.ChangePassword),
		httpauth.ClientIP(func(r *http.Request) string { return r.Header.Get("X-Real-IP") }))
	http.Handle("/auth/", http.StripPrefix("/auth", routes))
}

func ExampleRequire() {
	auth := &mvpauth.Client{}
	verified := httpauth.Require(auth, httpauth.Verified())
	http.Handle("/checkout", verified(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		payload, err := httpauth.Payload(r.Context())
		if err != nil {
			httpauth.Error(w, err)
			return
		}
		fmt.Fprintln(w, payload.Sub)
	})))
}
