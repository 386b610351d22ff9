package mvpauth

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// A server is serve.py, spoken to over its standard input and output.
type server struct {
	t         *testing.T
	mu        sync.Mutex
	input     io.WriteCloser
	output    *bufio.Reader
	directory string
	count     int
}

func startServer(t *testing.T) *server {
	t.Helper()
	process := exec.Command("python3", filepath.Join("..", "..", "vectors", "serve.py"))
	process.Stderr = os.Stderr
	input, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Skipf("needs python3: %v", err)
	}
	directory, err := os.MkdirTemp("", "mvpauth-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		input.Close()
		if err := process.Wait(); err != nil {
			t.Errorf("serve.py: %v", err)
		}
		os.RemoveAll(directory)
	})
	return &server{t: t, input: input, output: bufio.NewReader(output), directory: directory}
}

func (s *server) ask(order map[string]any) map[string]json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	line, err := json.Marshal(order)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.input.Write(append(line, '\n')); err != nil {
		s.t.Fatal(err)
	}
	answer, err := s.output.ReadBytes('\n')
	if err != nil {
		s.t.Fatal(err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(answer, &members); err != nil {
		s.t.Fatal(err)
	}
	return members
}

func (s *server) serve(steps any) string {
	s.count++
	path := filepath.Join(s.directory, fmt.Sprintf("%d.sock", s.count))
	if ready := s.ask(map[string]any{"path": path, "steps": steps}); read[string](ready["ready"]) != path {
		s.t.Fatalf("serve.py says %v", ready)
	}
	return path
}

type arrivedCall struct {
	Line struct {
		ID     string
		Method string
		Params any
		Meta   map[string]any
	}
}

func (s *server) calls() []arrivedCall {
	return read[[]arrivedCall](s.ask(map[string]any{"report": true})["calls"])
}
