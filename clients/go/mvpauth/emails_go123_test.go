//go:build go1.23

package mvpauth_test

import (
	"context"
	"errors"
	"testing"

	"example.org/mvp-auth/clients/go/mvpauth"
)

func TestMessagesInARangeLoop(t *testing.T) {
	box, auth := startOutbox(t)
	running, stop := context.WithCancel(ctx)
	consumer := auth.Emails(ctx, nil)
	defer consumer.Close()
	go func() { box.deliver("a", 1); box.deliver("b", 1) }()
	var ids []string
	var last error
	consumer.All(running)(func(email *mvpauth.Email, err error) bool {
		if last = err; err == nil {
			ids = append(ids, email.DeliveryID)
		}
		if len(ids) == 2 {
			stop()
		}
		return true
	})
	if len(ids) != 2 || !errors.Is(last, context.Canceled) {
		t.Errorf("%v, %v", ids, last)
	}
}
