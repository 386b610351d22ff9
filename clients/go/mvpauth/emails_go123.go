//go:build go1.23

package mvpauth

import (
	"context"
	"iter"
)

// All is every message, for a range loop, until the context is done or the consumer is closed. An error comes last.
//
//	for email, err := range auth.Emails(ctx, nil).All(ctx) { … }
func (m *EmailConsumer) All(ctx context.Context) iter.Seq2[*Email, error] {
	return func(yield func(*Email, error) bool) {
		for {
			email, err := m.Next(ctx)
			if !yield(email, err) || err != nil {
				return
			}
		}
	}
}
