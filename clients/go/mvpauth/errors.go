package mvpauth

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// A Code is the stable name of an error, for example TOKEN_EXPIRED. Every code is an error itself, to be compared
// with:
//
//	if errors.Is(err, mvpauth.TokenExpired) { … }
type Code string

// The errors that arise on this side of the socket. Those of the daemon are listed below them.
const (
	// Unavailable says that the daemon cannot be reached. Nothing was sent.
	Unavailable Code = "UNAVAILABLE"
	// ConnectionLost says that the connection ended before the answer came: the call may have been executed.
	ConnectionLost Code = "CONNECTION_LOST"
	// ProtocolError says that the daemon's answer cannot be understood: the versions do not fit.
	ProtocolError Code = "PROTOCOL_ERROR"
	// ConfigurationError says that the client's fields cannot work; the message says which, and what is allowed.
	ConfigurationError Code = "CONFIGURATION_ERROR"
	// Unknown stands for an error of the daemon that has no code and a number that is not known.
	Unknown Code = "AUTH_ERROR"
)

// Error is the code.
func (c Code) Error() string { return string(c) }

// An Error says why a call has no result: what the daemon answered, or what happened on the way to it. Every error of
// this package is one; see [errors.As].
type Error struct {
	// Code is the stable name to decide by.
	Code Code
	// Number is the one of JSON-RPC; 0 when the daemon did not answer.
	Number int
	// Message is for people, in English, without secrets.
	Message string
	// Fields says what was wrong with the input, member by member.
	Fields []FieldError
	// Retryable says whether the same call may succeed later.
	Retryable bool
	// RetryAfter says when it may succeed; 0 when the daemon did not say.
	RetryAfter time.Duration
	// Executed is false only when it is certain that nothing was done.
	Executed bool
	// RequestID names the call in the daemon's log.
	RequestID string

	cause error
}

// A FieldError says what was wrong with one member of the input.
type FieldError struct {
	// Path names the member, for example new_password.
	Path string `json:"path"`
	// Reason continues the sentence that the path begins.
	Reason string `json:"reason"`
}

// Error is the code, the message, and what was wrong with which member of the input.
func (e *Error) Error() string {
	text := "mvpauth: " + string(e.Code) + ": " + e.Message
	for i, field := range e.Fields {
		opening := ", "
		if i == 0 {
			opening = " ("
		}
		text += opening + field.Path + " " + field.Reason
	}
	if len(e.Fields) > 0 {
		text += ")"
	}
	return text
}

// Is reports whether the target is the error's [Code].
func (e *Error) Is(target error) bool {
	code, isCode := target.(Code)
	return isCode && code == e.Code
}

// Unwrap gives the error of a context that was cancelled or whose deadline has passed, and what the operating system
// said of a socket; else nil.
func (e *Error) Unwrap() error { return e.cause }

// Temporary reports whether the same call may succeed later.
func (e *Error) Temporary() bool { return e.Retryable }

// Timeout reports whether the call's time was over before its answer came.
func (e *Error) Timeout() bool {
	return e.Code == DeadlineExceeded || errors.Is(e.cause, context.DeadlineExceeded)
}

// HTTPStatus is the status that stands for the error, also for codes newer than this client.
func (e *Error) HTTPStatus() int {
	if known, isKnown := errorsByCode[e.Code]; isKnown {
		return known.status
	}
	switch {
	case e.Number >= 40000 && e.Number < 60000:
		return e.Number / 100
	case e.Code == Unavailable || e.Code == ConnectionLost:
		return http.StatusServiceUnavailable
	case e.Number == 0 && e.Code == Unknown:
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

// errorInfo is what is known of an error by its code.
type errorInfo struct {
	code      Code
	number    int
	status    int
	retryable bool
	message   string
}

var (
	errorsByCode   = make(map[Code]errorInfo, len(knownErrors))
	errorsByNumber = make(map[int]errorInfo, len(knownErrors))
)

func init() {
	for _, known := range knownErrors {
		errorsByCode[known.code] = known
		errorsByNumber[known.number] = known
	}
}

// local is an error of this side by the code of a daemon's, with nothing executed.
func local(code Code, message string) *Error {
	known := errorsByCode[code]
	if message == "" {
		message = known.message
	}
	return &Error{Code: code, Number: known.number, Message: message, Retryable: known.retryable}
}

// unavailable says that nothing was sent, so nothing was done.
func unavailable(message string) *Error {
	return &Error{Code: Unavailable, Message: message, Retryable: true}
}

// closed is for what is called after Close.
func closed(what string) *Error {
	return &Error{Code: Unavailable, Message: what + " has been closed."}
}

// lost says of a call whose connection has ended whether it may have been done.
func lost(isWritten bool) *Error {
	if isWritten {
		return &Error{
			Code: ConnectionLost, Message: "The connection was lost before the answer came.",
			Retryable: true, Executed: true,
		}
	}
	return unavailable("The connection was lost before the call was sent.")
}

// left says of a call that its caller has left it, because of ctx or because its time is over.
func left(ctx context.Context, isWritten bool) *Error {
	var failure *Error
	cause := ctx.Err()
	if errors.Is(cause, context.Canceled) {
		failure = local(Cancelled, "")
	} else {
		failure = local(DeadlineExceeded, "")
		if cause == nil {
			cause = context.DeadlineExceeded
		}
	}
	failure.cause = cause
	failure.Executed = isWritten
	return failure
}

// because is the error with another cause: it may belong to several callers, each with a context of its own.
func (e *Error) because(cause error) *Error {
	copied := *e
	copied.cause = cause
	return &copied
}
