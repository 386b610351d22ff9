package mvpauth_test

import (
	"bytes"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/mvp-auth/clients/go/mvpauth"
)

const inFlight = 32

// BenchmarkVerify measures the client beside a raw socket, which sends the same line and decodes nothing.
func BenchmarkVerify(b *testing.B) {
	daemon := startDaemon(b)
	auth := daemon.Client()
	token := register(b, auth, "ada@example.org").AccessToken
	b.Run("raw socket", func(b *testing.B) { raw(b, daemon.Socket, token, 1) })
	b.Run("Client", func(b *testing.B) { shared(b, auth, token, 1) })
	b.Run("raw socket, 32 in flight", func(b *testing.B) { raw(b, daemon.Socket, token, inFlight) })
	b.Run("Client, 32 in flight", func(b *testing.B) { shared(b, auth, token, inFlight) })
}

func raw(b *testing.B, path, token string, atOnce int) {
	socket, err := net.Dial("unix", path)
	if err != nil {
		b.Fatal(err)
	}
	defer socket.Close()
	call := `{"jsonrpc":"2.0","id":"1","method":"token.verify","params":{"access_token":"` + token + `"}}` + "\n"
	lines := bytes.Repeat([]byte(call), atOnce)
	answers := make([]byte, 65536)
	b.ReportAllocs()
	b.ResetTimer()
	began := time.Now()
	for made := 0; made < b.N; made += atOnce {
		if _, err := socket.Write(lines); err != nil {
			b.Fatal(err)
		}
		for left := atOnce; left > 0; {
			count, err := socket.Read(answers)
			if err != nil {
				b.Fatal(err)
			}
			left -= bytes.Count(answers[:count], []byte("\n"))
		}
	}
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "calls/s")
}

func shared(b *testing.B, auth *mvpauth.Client, token string, callers int) {
	var left atomic.Int64
	left.Store(int64(b.N))
	var working sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	began := time.Now()
	for i := 0; i < callers; i++ {
		working.Add(1)
		go func() {
			defer working.Done()
			for left.Add(-1) >= 0 {
				if _, err := auth.Verify(ctx, token); err != nil {
					b.Error(err)
					return
				}
			}
		}()
	}
	working.Wait()
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "calls/s")
}
