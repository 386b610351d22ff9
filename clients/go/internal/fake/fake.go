// Package fake serves the daemon's protocol on a socket as a function says: for the tests of the client, and for the
// stubs that it offers to others.
package fake

import (
	"bufio"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"sync"
)

// Hello is what the daemon answers to system.hello.
const Hello = `{"protocol":1,"server":{"name":"mvp-auth","version":"1.0.0"},"instance_id":"0123456789abcdef",` +
	`"peer":{"uid":0,"gid":0,"app":"default","roles":["client","trusted","hooks"]},"limits":{"line_bytes":65536,` +
	`"reply_bytes":1048576,"batch_calls":100,"nesting":32,"calls_in_flight":64},"capabilities":["cancel"],` +
	`"openrpc_sha256":"0000000000000000000000000000000000000000000000000000000000000000"}`

// A Call is a line of a client.
type Call struct {
	// ID is nil for a notification.
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Meta   struct {
		TimeoutMS      *int64 `json:"timeout_ms"`
		IdempotencyKey string `json:"idempotency_key"`
		Traceparent    string `json:"traceparent"`
	} `json:"meta"`
}

// Param is a member of the params that is text.
func (c *Call) Param(name string) string {
	var members map[string]any
	_ = json.Unmarshal(c.Params, &members)
	text, _ := members[name].(string)
	return text
}

// A Server serves each connection by a function on a goroutine of its own.
type Server struct {
	// Path is that of the socket.
	Path string

	directory string
	listener  net.Listener
	serve     func(*Peer)
	done      sync.WaitGroup

	mu    sync.Mutex
	calls []Call
	peers []*Peer
}

// Start listens on a new socket. Hellos are answered by [Peer.Read] and are no calls.
func Start(serve func(*Peer)) (*Server, error) {
	directory, err := os.MkdirTemp("", "mvpauth-")
	if err != nil {
		return nil, err
	}
	server, err := StartAt(filepath.Join(directory, "s"), serve)
	if err != nil {
		os.RemoveAll(directory)
		return nil, err
	}
	server.directory = directory
	return server, nil
}

// StartAt listens at the path.
func StartAt(path string, serve func(*Peer)) (*Server, error) {
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	return StartOn(listener, serve), nil
}

// StartOn serves the connections of a listener.
func StartOn(listener net.Listener, serve func(*Peer)) *Server {
	s := &Server{Path: listener.Addr().String(), listener: listener, serve: serve}
	s.done.Add(1)
	go s.accept()
	return s
}

func (s *Server) accept() {
	defer s.done.Done()
	for {
		socket, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		peer := &Peer{Server: s, Number: len(s.peers) + 1, Greets: true, socket: socket}
		peer.lines = bufio.NewReader(socket)
		s.peers = append(s.peers, peer)
		s.mu.Unlock()
		s.done.Add(1)
		go func() {
			defer s.done.Done()
			defer peer.HangUp()
			s.serve(peer)
		}()
	}
}

// Close ends everything and waits for the functions.
func (s *Server) Close() {
	s.listener.Close()
	s.mu.Lock()
	peers := s.peers
	s.mu.Unlock()
	for _, peer := range peers {
		peer.HangUp()
	}
	s.done.Wait()
	if s.directory != "" {
		os.RemoveAll(s.directory)
	}
}

// Calls are the calls that have arrived, and the notifications.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// Methods are the names of the calls that have arrived.
func (s *Server) Methods() []string {
	methods := []string{}
	for _, call := range s.Calls() {
		methods = append(methods, call.Method)
	}
	return methods
}

// Connections is how many connections there have been.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.peers)
}

// A Peer is a connection of a client.
type Peer struct {
	Server *Server
	// Number counts the connections from 1.
	Number int
	// Greets says whether hellos are answered.
	Greets bool
	// Said is the params of the client's hello.
	Said json.RawMessage

	socket net.Conn
	lines  *bufio.Reader
	mu     sync.Mutex
}

// Read is the next call; nil at the end.
func (p *Peer) Read() *Call {
	for {
		line, err := p.lines.ReadBytes('\n')
		if err != nil {
			return nil
		}
		call := new(Call)
		if json.Unmarshal(line, call) != nil {
			return nil
		}
		if call.Method == "system.hello" {
			p.Said = call.Params
			if p.Greets {
				p.Raw(`{"jsonrpc":"2.0","id":` + string(call.ID) + `,"result":` + Hello + "}\n")
				continue
			}
			return call
		}
		p.Server.mu.Lock()
		p.Server.calls = append(p.Server.calls, *call)
		p.Server.mu.Unlock()
		return call
	}
}

// Reply answers a call with a result.
func (p *Peer) Reply(call *Call, result any) { p.send(map[string]any{"id": call.ID, "result": result}) }

// Fail answers a call with an error.
func (p *Peer) Fail(call *Call, failure any) { p.send(map[string]any{"id": call.ID, "error": failure}) }

// Notify says something that nobody asked for.
func (p *Peer) Notify(method string, params any) {
	p.send(map[string]any{"method": method, "params": params})
}

// Raw sends the text as it is.
func (p *Peer) Raw(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = p.socket.Write([]byte(text))
}

// HangUp closes the connection.
func (p *Peer) HangUp() { p.socket.Close() }

func (p *Peer) send(members map[string]any) {
	members["jsonrpc"] = "2.0"
	line, err := json.Marshal(members)
	if err != nil {
		panic(err)
	}
	p.Raw(string(line) + "\n")
}
