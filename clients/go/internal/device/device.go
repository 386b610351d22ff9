// Package device makes of what a browser says of itself what the daemon accepts.
package device

import (
	"net/netip"
	"strings"
	"unicode/utf8"
)

const (
	maximumInfoBytes    = 512
	maximumAddressBytes = 45
)

// Info is the text without control characters, cut to 512 bytes of UTF-8.
func Info(text string) string {
	kept := strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, text)
	if len(kept) <= maximumInfoBytes {
		return kept
	}
	end := maximumInfoBytes
	for !utf8.RuneStart(kept[end]) {
		end--
	}
	return kept[:end]
}

// Address is the address without its zone; empty for what is none.
func Address(text string) string {
	address, err := netip.ParseAddr(strings.TrimSpace(text))
	if err != nil {
		return ""
	}
	plain := address.WithZone("").String()
	if len(plain) > maximumAddressBytes {
		return ""
	}
	return plain
}
