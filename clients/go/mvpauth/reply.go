package mvpauth

import (
	"bytes"
	"encoding/json"
	"math"
	"time"
)

// A wireError is the error member of an answer. Its members may be of any type, or missing: what cannot be read is as
// what was not said.
type wireError struct {
	Number  json.RawMessage `json:"code"`
	Message json.RawMessage `json:"message"`
	Data    json.RawMessage `json:"data"`
}

type wireErrorData struct {
	Code         json.RawMessage `json:"code"`
	Retryable    json.RawMessage `json:"retryable"`
	Executed     json.RawMessage `json:"executed"`
	RetryAfterMS json.RawMessage `json:"retry_after_ms"`
	RequestID    json.RawMessage `json:"request_id"`
	Fields       json.RawMessage `json:"fields"`
}

// errorFromWire reads the error member of an answer. What it does not say counts as done, and as final.
func errorFromWire(raw json.RawMessage) *Error {
	var said wireError
	var data wireErrorData
	_ = json.Unmarshal(raw, &said)
	_ = json.Unmarshal(said.Data, &data)
	failure := &Error{
		Number:    read[int](said.Number),
		Code:      read[Code](data.Code),
		Executed:  true,
		RequestID: read[string](data.RequestID),
	}
	if failure.Code == "" {
		failure.Code = Unknown
		if known, isKnown := errorsByNumber[failure.Number]; isKnown {
			failure.Code = known.code
		}
	}
	known := errorsByCode[failure.Code]
	failure.Retryable = known.retryable
	if said := read[*bool](data.Retryable); said != nil {
		failure.Retryable = *said
	}
	if said := read[*bool](data.Executed); said != nil {
		failure.Executed = *said
	}
	failure.Message = read[string](said.Message)
	if failure.Message == "" {
		failure.Message = known.message
	}
	if milliseconds := read[float64](data.RetryAfterMS); milliseconds > 0 {
		failure.RetryAfter = time.Duration(math.Min(milliseconds, 1<<40) * float64(time.Millisecond))
	}
	for _, field := range read[[]json.RawMessage](data.Fields) {
		if said := read[FieldError](field); said.Path != "" && said.Reason != "" {
			failure.Fields = append(failure.Fields, said)
		}
	}
	return failure
}

// read gives the value if it is of the type, else the type's zero value.
func read[T any](raw json.RawMessage) T {
	var value, none T
	if len(raw) == 0 || json.Unmarshal(raw, &value) != nil {
		return none
	}
	return value
}

// decode reads a result. What does not fit the catalogue is the daemon's mistake.
func decode(raw json.RawMessage, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return misunderstood()
	}
	if reply, isReply := into.(interface{ isComplete() bool }); isReply && !reply.isComplete() {
		return misunderstood()
	}
	return nil
}

func misunderstood() *Error {
	return &Error{Code: ProtocolError, Message: "The daemon's answer cannot be understood.", Executed: true}
}

// isNull reports whether the member is missing or null.
func isNull(raw json.RawMessage) bool {
	return len(raw) == 0 || bytes.Equal(raw, []byte("null"))
}
