package mvpauth

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const reasonLength = 200

// An Email is a message that the application is to send: the daemon has no network. It must be settled, by
// [Email.Ack], [Email.Retry] or [Email.Drop].
type Email struct {
	// DeliveryID names the message, over all its deliveries.
	DeliveryID string `json:"delivery_id"`
	// Attempt counts the deliveries.
	Attempt int64 `json:"attempt"`
	// Event is verification_email or password_reset_email.
	Event string `json:"event"`
	// Email is the address that it goes to.
	Email string `json:"email"`
	// Token is what proves the address, or resets the password: whoever has it may do so.
	Token string `json:"token"`
	// Link has the token in it, where the daemon knows the application's address.
	Link string `json:"link,omitempty"`
	// UserID is the account.
	UserID string `json:"user_id"`
	// App is the application in which the message arose.
	App string `json:"app,omitempty"`
	// CreatedAt is when the message arose.
	CreatedAt time.Time `json:"created_at"`
	// ExpiresAt is until when the token works.
	ExpiresAt time.Time `json:"expires_at"`

	consumer *EmailConsumer
}

// Format writes no token, whatever the verb.
func (e Email) Format(state fmt.State, _ rune) {
	fmt.Fprintf(state, "Email{%s, %s, attempt %d}", e.Event, e.DeliveryID, e.Attempt)
}

// Ack says that the message was sent.
func (e *Email) Ack(ctx context.Context) error {
	return e.consumer.settle(ctx, e.DeliveryID, settlement{Status: "success"})
}

// Retry asks for another delivery: after the delay, or when the daemon thinks best if it is 0. The reason, of at most
// 200 characters, is what operators see; it must not hold the token.
func (e *Email) Retry(ctx context.Context, delay time.Duration, reason string) error {
	return e.consumer.settle(ctx, e.DeliveryID, settlement{
		Status: "retry", DelayMS: delay.Milliseconds(), Reason: shortened(reason),
	})
}

// Drop gives the message up: it is never delivered again.
func (e *Email) Drop(ctx context.Context, reason string) error {
	return e.consumer.settle(ctx, e.DeliveryID, settlement{Status: "drop", Reason: shortened(reason)})
}

// ErrDrop is what a handler of [EmailConsumer.Run] returns, also wrapped, for a message that can never be sent.
var ErrDrop = errors.New("mvpauth: drop the message")

// shortened is as much of the reason as the daemon takes.
func shortened(reason string) string {
	characters := []rune(reason)
	if len(characters) > reasonLength {
		characters = characters[:reasonLength]
	}
	return string(characters)
}
