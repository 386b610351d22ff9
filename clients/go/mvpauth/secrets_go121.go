//go:build go1.21

package mvpauth

import (
	"fmt"
	"log/slog"
)

// LogValue keeps the tokens out of structured logs, which are written by the package json.
func (v TokenPair) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(v)) }

// LogValue keeps the token out of structured logs.
func (a Actor) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(a)) }

// LogValue keeps the token out of structured logs.
func (d Device) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(d)) }

// LogValue keeps the token out of structured logs.
func (e Email) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(e)) }
