// Package strictjson reads what a browser has sent as strictly as the daemon would: the package json takes the last
// of two members with one name, and puts U+FFFD where a text is broken, which would set a password that nobody can
// type.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	// ErrSyntax is for what is not JSON.
	ErrSyntax = errors.New("the text is not JSON")
	// ErrObject is for JSON that is no object.
	ErrObject = errors.New("the text is not a JSON object")
)

// A Duplicate is a member that an object has twice.
type Duplicate string

func (d Duplicate) Error() string { return "the member " + string(d) + " occurs twice" }

// Object is the members of the one object in the text.
func Object(text []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(text) || !json.Valid(text) {
		return nil, ErrSyntax
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, ErrObject
	}
	members := make(map[string]json.RawMessage)
	for decoder.More() {
		token, err := decoder.Token()
		name, isName := token.(string)
		if err != nil || !isName {
			return nil, ErrSyntax
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, ErrSyntax
		}
		if _, isThere := members[name]; isThere {
			return nil, Duplicate(name)
		}
		members[name] = value
	}
	if _, err := decoder.Token(); err != nil && !errors.Is(err, io.EOF) {
		return nil, ErrSyntax
	}
	return members, nil
}

// Text is the string that the value is. The reason says why it cannot be one, as an end of the sentence that the
// member's name begins.
func Text(value json.RawMessage) (text, reason string) {
	if len(value) == 0 || value[0] != '"' || json.Unmarshal(value, &text) != nil {
		return "", "must be a string"
	}
	for i := 0; i < len(value); i++ {
		if value[i] != '\\' {
			continue
		}
		i++
		if value[i] != 'u' {
			continue
		}
		unit := unitAt(value, i+1)
		i += 4
		switch {
		case unit == 0:
			return "", "must not contain U+0000"
		case !utf16.IsSurrogate(unit):
		case i+2 < len(value) && value[i+1] == '\\' && value[i+2] == 'u' &&
			utf16.DecodeRune(unit, unitAt(value, i+3)) != utf8.RuneError:
			i += 6
		default:
			return "", "must not contain a lone surrogate"
		}
	}
	return text, ""
}

// unitAt reads four hexadecimal digits of valid JSON.
func unitAt(value []byte, at int) rune {
	unit, err := strconv.ParseUint(string(value[at:at+4]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(unit)
}
