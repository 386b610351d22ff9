package mvpauth

import "encoding/json"

// An exchange is a call on a connection, until it is answered or given up.
type exchange struct {
	id      uint64
	request *request
	// done gets the outcome, at the moment at which the exchange is not open any more.
	done chan outcome
	// isWritten tells whether the kernel may have accepted a byte of the line: then it may be executed.
	isWritten bool
}

// An outcome is the result of a call, or the error that the daemon answered, or what happened to the connection.
type outcome struct {
	result   json.RawMessage
	answered json.RawMessage
	failure  *Error
}

func newExchange(request *request) *exchange {
	return &exchange{id: nextID(), request: request, done: make(chan outcome, 1)}
}
