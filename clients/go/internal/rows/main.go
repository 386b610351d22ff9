// Command rows measures the rows of Go in `make bench-clients`. usage: rows SOCKET TOKEN SECONDS
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log"
	"net"
	"os"
	"sort"
	"time"

	"example.org/mvp-auth/clients/go/mvpauth"
)

func main() {
	path, token := os.Args[1], os.Args[2]
	turn, err := time.ParseDuration(os.Args[3] + "s")
	if err != nil {
		log.Fatal(err)
	}
	show("raw socket", measure(turn, raw(path, token)))
	auth := &mvpauth.Client{Socket: path}
	defer auth.Close()
	show("Client", measure(turn, func() error {
		_, err := auth.Verify(context.Background(), token)
		return err
	}))
}

// raw sends the same line, and decodes nothing.
func raw(path, token string) func() error {
	socket, err := net.Dial("unix", path)
	if err != nil {
		log.Fatal(err)
	}
	line := []byte(`{"jsonrpc":"2.0","id":"1","method":"token.verify","params":{"access_token":"` + token + `"}}` + "\n")
	answer := make([]byte, 65536)
	return func() error {
		if _, err := socket.Write(line); err != nil {
			return err
		}
		for {
			count, err := socket.Read(answer)
			if err != nil || bytes.HasSuffix(answer[:count], []byte("\n")) {
				return err
			}
		}
	}
}

// measure makes one call after the other. The first connects, and is not counted.
func measure(turn time.Duration, call func() error) []time.Duration {
	if err := call(); err != nil {
		log.Fatal(err)
	}
	var times []time.Duration
	for end := time.Now().Add(turn); time.Now().Before(end); {
		began := time.Now()
		if err := call(); err != nil {
			log.Fatal(err)
		}
		times = append(times, time.Since(began))
	}
	return times
}

func show(name string, times []time.Duration) {
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	var sum time.Duration
	for _, time := range times {
		sum += time
	}
	microseconds := func(share int) float64 { return float64(times[len(times)*share/100]) / 1e3 }
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"name": name, "raw": "raw socket", "rate": float64(len(times)) / sum.Seconds(),
		"p50": microseconds(50), "p99": microseconds(99),
	})
}
