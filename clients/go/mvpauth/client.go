package mvpauth

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"sync"
	"time"
)

// A Client calls the daemon. The zero value is ready and finds the socket; fields are set before the first call.
//
// One client serves a whole process, from any number of goroutines: they share one connection, which begins with the
// first call and comes back by itself. No call waits for ever: where the context has no deadline it takes 5 seconds
// at most, and 15 if it hashes a password, with connecting and repeating. The daemon is told what is left.
//
// A call is made again by itself only if that cannot do it twice: the daemon could not be reached, nothing was sent,
// it answered that nothing was executed, or the method is idempotent or called with an [IdempotencyKey].
type Client struct {
	// Socket is the path of the daemon's socket, or unix:///path. Empty: MVP_AUTH_SOCKET, else in
	// $MVP_AUTH_RUNTIME_DIR, else the first that exists in $XDG_RUNTIME_DIR/mvp-auth and /run/mvp-auth.
	Socket string

	// Dial connects instead of that, for tests. Who serves the connection is then checked only if DaemonUID is set.
	Dial func(ctx context.Context) (net.Conn, error)

	// DaemonUID is the user who must serve the socket, besides root and this process's user. Nil: the owner of the
	// socket's directory.
	DaemonUID *int

	// Roles are the roles to keep: []string{"client"} is what an application needs that always has an access token.
	// Nil keeps all but "hooks", which only [Client.Emails] uses.
	Roles []string

	// Name is what the daemon's log calls the client; empty: go.
	Name string

	// Timeout is how long a call may take in all where its context has no deadline. 0 is as long as its method
	// should take; negative is for ever.
	Timeout time.Duration

	// Attempts is how often a call is made at most, not counting attempts to connect: 0 is 4, and 1 makes none again.
	Attempts int

	// Traceparent gives the trace that a call belongs to (W3C Trace Context), for the daemon's log.
	Traceparent func(ctx context.Context) string

	// Observe is called after each call, on the goroutine of its caller: for metrics, logs and traces.
	Observe func(ctx context.Context, call Call)

	// Warn is told, once, that others may write to the socket's directory. Nil writes to the standard logger.
	Warn func(message string)

	once sync.Once
	link *link
}

// A Call is what [Client.Observe] gets. It holds nothing of what was sent or answered.
type Call struct {
	// Method is the name of the method, for example token.verify.
	Method string
	// Duration is how long the caller has waited in all.
	Duration time.Duration
	// Attempts is how often the call was made.
	Attempts int
	// Err is nil or an [*Error].
	Err error
}

// Call calls any method by its name and decodes its result.
//
//   - params: what the package json can write as an object; nil for none.
//   - result: a pointer for the package json, or nil.
func (c *Client) Call(ctx context.Context, method string, params, result any, opts ...Option) error {
	raw, err := c.call(ctx, method, params, opts)
	if err != nil || result == nil {
		return err
	}
	return decode(raw, result)
}

// Ready returns when the daemon can be reached and its store works; it waits for that. The error says what is wrong,
// and what to do about it.
func (c *Client) Ready(ctx context.Context) error {
	return c.Call(ctx, "system.health", nil, nil)
}

// Close ends the connection, for ever; calls that wait fail. When it returns the client's goroutines are gone.
func (c *Client) Close() error {
	c.start()
	c.link.close()
	return nil
}

// invoke makes a call of a method of ours.
func invoke[Reply any](ctx context.Context, c *Client, method string, params params, opts []Option) (*Reply, error) {
	raw, err := c.call(ctx, method, params, opts)
	if err != nil {
		return nil, err
	}
	reply := new(Reply)
	if err := decode(raw, reply); err != nil {
		return nil, err
	}
	return reply, nil
}

// invokeList is invoke for a method that answers a list.
func invokeList[Reply any](ctx context.Context, c *Client, method string, params params, opts []Option) ([]Reply, error) {
	raws, err := invoke[[]json.RawMessage](ctx, c, method, params, opts)
	if err != nil {
		return nil, err
	}
	replies := make([]Reply, len(*raws))
	for i, raw := range *raws {
		if err := decode(raw, &replies[i]); err != nil {
			return nil, err
		}
	}
	return replies, nil
}

func (c *Client) call(ctx context.Context, method string, params any, opts []Option) (json.RawMessage, error) {
	c.start()
	began := time.Now()
	raw, made, err := c.attempt(ctx, method, params, opts)
	if c.Observe != nil {
		c.Observe(ctx, Call{Method: method, Duration: time.Since(began), Attempts: made, Err: err})
	}
	return raw, err
}

// attempt makes the call, and makes it again where that cannot do it twice.
func (c *Client) attempt(
	ctx context.Context, method string, params any, opts []Option,
) (result json.RawMessage, made int, err error) {
	traceparent := ""
	if c.Traceparent != nil {
		traceparent = c.Traceparent(ctx)
	}
	request, err := newRequest(ctx, method, params, c.Timeout, traceparent, opts)
	if err != nil {
		return nil, 0, err
	}
	return c.link.call(ctx, request, c.attempts())
}

// call makes a call at most so often.
func (l *link) call(ctx context.Context, request *request, most int) (json.RawMessage, int, error) {
	for made := 1; ; made++ {
		raw, err := l.callOnce(ctx, request)
		if err == nil {
			return raw, made, nil
		}
		var failure *Error
		if !errors.As(err, &failure) {
			return nil, made, err
		}
		delay, isMadeAgain := pause(failure, made, most, request.repeatable)
		if !isMadeAgain || ctx.Err() != nil {
			return nil, made, err
		}
		if !request.deadline.IsZero() && time.Until(request.deadline) <= delay {
			return nil, made, err
		}
		if !sleep(ctx, delay) {
			// It says more than that the caller has left.
			return nil, made, failure.because(ctx.Err())
		}
	}
}

func (l *link) callOnce(ctx context.Context, request *request) (json.RawMessage, error) {
	if ctx.Err() != nil || request.isOver() {
		return nil, left(ctx, false)
	}
	c, err := l.connection(ctx, request.deadline)
	if err != nil {
		return nil, err
	}
	return c.call(ctx, request)
}

func (c *Client) attempts() int {
	if c.Attempts > 0 {
		return c.Attempts
	}
	return attempts
}

// start makes the link with the first call.
func (c *Client) start() {
	c.once.Do(func() {
		roles := c.Roles
		if roles == nil {
			roles = []string{"client", "trusted", "admin"}
		}
		c.link = c.newLink("The client", roles)
	})
}

// newLink is a way to the daemon that keeps these roles.
func (c *Client) newLink(name string, roles []string) *link {
	return &link{
		name:  name,
		dial:  c.dial,
		hello: func() *request { return hello(c.Name, roles) },
	}
}

// hello is the first call of a connection. Those who wait for the connection bound it.
func hello(name string, roles []string) *request {
	if name == "" {
		name = "go"
	}
	said := struct {
		Protocol []int    `json:"protocol"`
		Client   Server   `json:"client"`
		Roles    []string `json:"roles"`
	}{[]int{1}, Server{Name: name, Version: Version}, roles}
	encoded, err := json.Marshal(said)
	if err != nil {
		panic("mvpauth: " + err.Error())
	}
	request := &request{method: "system.hello"}
	if err := request.encode(methodInfo{}, json.RawMessage(encoded), ""); err != nil {
		panic("mvpauth: " + err.Error())
	}
	return request
}
