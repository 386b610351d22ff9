package mvpauth

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"sync/atomic"
	"time"

	clean "example.org/mvp-auth/clients/go/internal/device"
)

const (
	// storeTime is how long a call may take that reads memory or the store, where the context has no deadline.
	storeTime = 5 * time.Second
	// hashingTime is how long a call may take that hashes a password.
	hashingTime = 15 * time.Second

	maximumTimeoutMS = 1<<31 - 1
	// envelopeBytes is more than a line has besides what a request has encoded.
	envelopeBytes = 128
)

// methodInfo is what is known of a method by its name.
type methodInfo struct {
	name       string
	isHashing  bool
	idempotent bool
	role       string
	params     []string
}

var methodsByName = make(map[string]methodInfo, len(knownMethods))

func init() {
	for _, method := range knownMethods {
		methodsByName[method.name] = method
	}
}

func (m methodInfo) takes(name string) bool {
	for _, param := range m.params {
		if param == name {
			return true
		}
	}
	return false
}

// An Option is an addition to a call.
type Option func(*request)

// IdempotencyKey makes a call repeatable: within a minute the same key gets the same answer, so the client makes it
// again by itself where its answer was lost. 8 to 128 printable ASCII characters, one for each intention.
// [Client.Refresh] makes its own.
func IdempotencyKey(key string) Option {
	return func(r *request) { r.key = key; r.hasKey = true }
}

// ClientIP says for whom an application calls [Client.Register]: one network creates only so many accounts. What is no
// address is left out. A login has it in its [Device].
func ClientIP(address string) Option {
	return func(r *request) { r.clientIP = clean.Address(address) }
}

// A request is one logical call: encoded once, sent under another id with each attempt.
type request struct {
	method     string
	isHashing  bool
	repeatable bool
	key        string
	hasKey     bool
	clientIP   string
	// deadline is zero for a call without one.
	deadline time.Time
	// body is the line without its beginning, which has the id, and its end, which has the time that is left.
	body []byte
}

// newRequest encodes a call.
//
//   - params: nil for none.
//   - timeout: that of the client; 0 for the method's, negative for none. A deadline of the context comes first.
func newRequest(
	ctx context.Context, method string, params any, timeout time.Duration, traceparent string, options []Option,
) (*request, error) {
	known := methodsByName[method]
	known.name = method
	r := &request{method: method, isHashing: known.isHashing}
	for _, option := range options {
		option(r)
	}
	if deadline, has := ctx.Deadline(); has {
		r.deadline = deadline
	} else if timeout == 0 {
		r.deadline = time.Now().Add(known.time())
	} else if timeout > 0 {
		r.deadline = time.Now().Add(timeout)
	}
	if method == "auth.refresh" && !r.hasKey {
		// A refresh whose answer was lost may not be made again without one: a used token looks like theft. Never
		// derived from the token, or a thief's call would pass for a repetition.
		IdempotencyKey(newKey())(r)
	}
	r.repeatable = r.repeatable || known.idempotent || r.hasKey
	return r, r.encode(known, params, traceparent)
}

func (r *request) encode(known methodInfo, value any, traceparent string) error {
	var encoded []byte
	var err error
	switch value := value.(type) {
	case nil:
	case params:
		if r.clientIP != "" {
			value = append(value, param{"ip_address", r.clientIP})
		}
		encoded, err = value.encode(known)
	default:
		encoded, err = encodeAny(value)
	}
	if err != nil {
		return err
	}
	if reason := unacceptable(r.method); reason != "" {
		return local(InvalidParams, "The method's name "+reason+".")
	}
	body := make([]byte, 0, len(encoded)+envelopeBytes)
	body = append(body, `","method":`...)
	body = appendJSON(body, r.method)
	if encoded != nil {
		body = append(body, `,"params":`...)
		body = append(body, encoded...)
	}
	body = append(body, `,"meta":{`...)
	if r.hasKey {
		if !isKey(r.key) {
			failure := local(InvalidParams, "The idempotency key must be 8 to 128 printable ASCII characters.")
			failure.Fields = []FieldError{{"idempotency_key", "must be 8 to 128 printable ASCII characters"}}
			return failure
		}
		body = append(body, `"idempotency_key":`...)
		body = append(appendJSON(body, r.key), ',')
	}
	if traceparent != "" && unacceptable(traceparent) == "" {
		body = append(body, `"traceparent":`...)
		body = append(appendJSON(body, traceparent), ',')
	}
	r.body = body
	return nil
}

// appendLine appends the line to send. The daemon is told the time that is left, so that it does not work for a
// caller who has gone.
func (r *request) appendLine(to []byte, id uint64) []byte {
	to = append(to, `{"jsonrpc":"2.0","id":"`...)
	to = appendID(to, id)
	to = append(to, r.body...)
	if r.deadline.IsZero() {
		if to[len(to)-1] == ',' {
			to = to[:len(to)-1]
		}
		return append(to, "}}\n"...)
	}
	milliseconds := time.Until(r.deadline).Milliseconds()
	if milliseconds < 1 {
		milliseconds = 1
	} else if milliseconds > maximumTimeoutMS {
		milliseconds = maximumTimeoutMS
	}
	to = append(to, `"timeout_ms":`...)
	to = strconv.AppendInt(to, milliseconds, 10)
	return append(to, "}}\n"...)
}

// fits refuses a line that the daemon would not read: after three of them it ends the connection, with everybody's
// calls on it.
func (r *request) fits(lineBytes int) error {
	if len(r.body)+envelopeBytes <= lineBytes || len(r.appendLine(nil, nextID()))-1 <= lineBytes {
		return nil
	}
	return local(MessageTooLarge, "The call is longer than the "+strconv.Itoa(lineBytes)+" bytes that the daemon reads.")
}

// isOver reports whether the request's time is over.
func (r *request) isOver() bool { return !r.deadline.IsZero() && !time.Now().Before(r.deadline) }

func (m methodInfo) time() time.Duration {
	if m.isHashing {
		return hashingTime
	}
	return storeTime
}

func isKey(key string) bool {
	if len(key) < 8 || len(key) > 128 {
		return false
	}
	for _, c := range []byte(key) {
		if c < '!' || c > '~' {
			return false
		}
	}
	return true
}

// newKey is 128 random bits.
func newKey() string { return randomHex(16) }

func randomHex(count int) string {
	random := make([]byte, count)
	if _, err := rand.Read(random); err != nil {
		panic("mvpauth: no randomness: " + err.Error())
	}
	return hex.EncodeToString(random)
}

// processID begins every id of this process: an answer to another process can never pass for one of ours.
var processID = randomHex(4) + "-"

var lastID atomic.Uint64

func nextID() uint64 { return lastID.Add(1) }

func appendID(to []byte, id uint64) []byte {
	return strconv.AppendUint(append(to, processID...), id, 10)
}

// idOf reads the id of an answer; 0 when it is none of ours.
func idOf(raw []byte) uint64 {
	if len(raw) < len(processID)+2 || raw[0] != '"' || string(raw[1:1+len(processID)]) != processID {
		return 0
	}
	id, err := strconv.ParseUint(string(raw[1+len(processID):len(raw)-1]), 10, 64)
	if err != nil {
		return 0
	}
	return id
}
