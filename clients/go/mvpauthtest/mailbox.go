package mvpauthtest

import (
	"context"
	"sync"
	"time"

	"example.org/mvp-auth/clients/go/mvpauth"
)

// An Email is a message that an application would have sent.
type Email struct {
	// Event is verification_email or password_reset_email.
	Event string
	// Email is the address that it goes to.
	Email string
	// Token is for VerifyEmail or ResetPassword.
	Token string
}

// A mailbox takes the messages of a daemon from the moment in which a test looks.
type mailbox struct {
	once sync.Once

	mu     sync.Mutex
	emails []Email
}

// Emails are the messages that came here so far. They are taken from the daemon from the moment in which this, or
// [Private.Email], is first asked; with an application under test that takes them itself, ask the application.
func (p *Private) Emails() []Email {
	p.mailbox.once.Do(func() {
		ctx, stop := context.WithCancel(context.Background())
		client := &mvpauth.Client{Socket: p.Socket}
		consumer := client.Emails(ctx, &mvpauth.EmailOptions{
			Events: []string{"verification_email", "password_reset_email"}, Prefetch: 100,
		})
		done := make(chan struct{})
		go func() {
			defer close(done)
			for email, err := consumer.Next(ctx); err == nil; email, err = consumer.Next(ctx) {
				p.mailbox.mu.Lock()
				p.mailbox.emails = append(p.mailbox.emails, Email{email.Event, email.Email, email.Token})
				p.mailbox.mu.Unlock()
				_ = email.Ack(ctx)
			}
		}()
		p.t.Cleanup(func() {
			stop()
			consumer.Close()
			client.Close()
			<-done
		})
	})
	p.mailbox.mu.Lock()
	defer p.mailbox.mu.Unlock()
	return append([]Email(nil), p.mailbox.emails...)
}

// Email is the latest message to an address, which may still be under way: it waits 10 seconds. An empty event is any.
func (p *Private) Email(to, event string) Email {
	p.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		emails := p.Emails()
		for i := len(emails) - 1; i >= 0; i-- {
			if emails[i].Email == to && (event == "" || emails[i].Event == event) {
				return emails[i]
			}
		}
	}
	p.t.Fatalf("no message to %s came", to)
	return Email{}
}
