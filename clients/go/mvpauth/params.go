package mvpauth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"unicode/utf8"

	clean "example.org/mvp-auth/clients/go/internal/device"
)

// An Actor says for whom a call is made: [AccessToken], [UserID] or, where a session is ended, [RefreshToken].
type Actor struct {
	member string
	value  string
}

// AccessToken acts for whom the token was made.
func AccessToken(token string) Actor { return Actor{"access_token", token} }

// RefreshToken ends the session of the token. Only [Client.Logout] takes one.
func RefreshToken(token string) Actor { return Actor{"refresh_token", token} }

// UserID acts for the user: from an application with the role "trusted" only.
func UserID(id string) Actor { return Actor{"user_id", id} }

// Format writes no token, whatever the verb.
func (a Actor) Format(state fmt.State, _ rune) {
	if a.member == "user_id" {
		fmt.Fprintf(state, "user %s", a.value)
		return
	}
	io.WriteString(state, a.member)
}

// A Device is that of whoever signs in. The daemon takes at most 512 bytes of text without control characters, and
// refuses what is no address: here it is cut to that, and left out.
type Device struct {
	// Info describes the device, for example by the header User-Agent. The session remembers it.
	Info string
	// IP is the address from which the call comes. The session remembers it, and who guesses passwords from there is
	// held up.
	IP string
	// Remember asks a login for a [TokenPair.DeviceToken].
	Remember bool
	// Token is what an earlier login from this device was answered: where others have guessed too often, it is still
	// let try.
	Token string
}

// Format writes no token, whatever the verb.
func (d Device) Format(state fmt.State, _ rune) {
	fmt.Fprintf(state, "Device{%q %s}", d.Info, d.IP)
}

// A param is a member of the params of a method of ours: a text, or true.
type param struct {
	name  string
	value any
}

type params []param

// by adds for whom the call is made.
func (p params) by(who Actor) params { return append(p, param{who.member, who.value}) }

// from adds the device that the call is made from.
func (p params) from(device *Device) params {
	if device == nil {
		return p
	}
	if info := clean.Info(device.Info); info != "" {
		p = append(p, param{"device_info", info})
	}
	if address := clean.Address(device.IP); address != "" {
		p = append(p, param{"ip_address", address})
	}
	return p
}

// signingIn adds the device, and whether it is one that is known or is to be.
func (p params) signingIn(device *Device) params {
	if device == nil {
		return p
	}
	if device.Remember {
		p = append(p, param{"remember_device", true})
	}
	if device.Token != "" {
		p = append(p, param{"device_token", device.Token})
	}
	return p.from(device)
}

func (p params) encode(method methodInfo) ([]byte, error) {
	var fields []FieldError
	encoded := make([]byte, 0, 512)
	separator := byte('{')
	for _, param := range p {
		if !method.takes(param.name) {
			return nil, local(InvalidParams, wrongActor(method, param.name))
		}
		text, isText := param.value.(string)
		if reason := unacceptable(text); reason != "" {
			fields = append(fields, FieldError{param.name, reason})
		}
		encoded = append(encoded, separator)
		encoded = appendJSON(encoded, param.name)
		encoded = append(encoded, ':')
		if isText {
			encoded = appendJSON(encoded, text)
		} else {
			encoded = append(encoded, "true"...)
		}
		separator = ','
	}
	if len(p) == 0 {
		encoded = append(encoded, '{')
	}
	return append(encoded, '}'), refused(fields)
}

func wrongActor(method methodInfo, name string) string {
	if name == "" {
		return "Say for whom " + method.name + " is called: mvpauth.AccessToken(token)."
	}
	return method.name + " takes no " + name + "."
}

// encodeAny is for params that the caller has made.
func encodeAny(value any) ([]byte, error) {
	if raw, isRaw := value.(json.RawMessage); isRaw {
		// Compacted as it is: a line feed in it would end the line.
		var compact bytes.Buffer
		if !utf8.Valid(raw) || json.Compact(&compact, raw) != nil {
			return nil, local(InvalidParams, "The params are not JSON.")
		}
		return compact.Bytes(), nil
	}
	if err := refused(unacceptableIn(reflect.ValueOf(value), "", nil)); err != nil {
		return nil, err
	}
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		var failure *Error
		if errors.As(err, &failure) {
			return nil, failure
		}
		return nil, local(InvalidParams, "The params cannot be written as JSON.").because(err)
	}
	return bytes.TrimRight(encoded.Bytes(), "\n"), nil
}
