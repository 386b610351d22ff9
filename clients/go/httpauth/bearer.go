package httpauth

import (
	"net/http"
	"strings"

	"example.org/mvp-auth/clients/go/mvpauth"
)

// bearerToken is the token of Authorization: Bearer (RFC 6750, section 2.1), where there is exactly one header with
// exactly one token; else empty.
func bearerToken(r *http.Request) string {
	headers := r.Header.Values("Authorization")
	if len(headers) != 1 {
		return ""
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	for _, c := range []byte(token) {
		isTokenCharacter := c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ||
			strings.IndexByte("-._~+/=", c) >= 0
		if !isTokenCharacter {
			return ""
		}
	}
	return token
}

// missingToken is the error of a request that carries no usable bearer token.
func missingToken() *mvpauth.Error {
	return &mvpauth.Error{
		Code:    mvpauth.TokenInvalid,
		Message: "An Authorization header with one bearer token is needed.",
	}
}
