package mvpauth

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strings"
	"unicode/utf8"
)

const hexadecimal = "0123456789abcdef"

// appendJSON appends the text as a JSON string. The text has been found acceptable.
func appendJSON(to []byte, text string) []byte {
	to = append(to, '"')
	begin := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		to = append(to, text[begin:i]...)
		if c < 0x20 {
			to = append(to, '\\', 'u', '0', '0', hexadecimal[c>>4], hexadecimal[c&15])
		} else {
			to = append(to, '\\', c)
		}
		begin = i + 1
	}
	to = append(to, text[begin:]...)
	return append(to, '"')
}

// unacceptable says why the daemon would refuse a text; empty if it would not. The package json would replace
// bytes that are not UTF-8, and so set a password that nobody can type.
func unacceptable(text string) string {
	if strings.IndexByte(text, 0) >= 0 {
		return "must not contain U+0000"
	}
	if !utf8.ValidString(text) {
		return "must be valid UTF-8"
	}
	return ""
}

// refused is the error for members with unacceptable texts, nil if there are none.
func refused(fields []FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	failure := local(InvalidParams, "The input holds text that cannot be sent.")
	failure.Fields = fields
	return failure
}

// unacceptableIn finds the texts inside a value that the daemon would refuse. What encodes itself is left alone.
func unacceptableIn(value reflect.Value, path string, found []FieldError) []FieldError {
	if !value.IsValid() {
		return found
	}
	if value.CanInterface() {
		switch value.Interface().(type) {
		case json.Marshaler, encoding.TextMarshaler:
			return found
		}
	}
	switch value.Kind() {
	case reflect.String:
		if reason := unacceptable(value.String()); reason != "" {
			found = append(found, FieldError{path, reason})
		}
	case reflect.Interface, reflect.Pointer:
		found = unacceptableIn(value.Elem(), path, found)
	case reflect.Slice, reflect.Array:
		for i := 0; i < value.Len(); i++ {
			found = unacceptableIn(value.Index(i), fmt.Sprintf("%s[%d]", path, i), found)
		}
	case reflect.Map:
		keys := value.MapKeys()
		sort.Slice(keys, func(i, j int) bool { return fmt.Sprint(keys[i]) < fmt.Sprint(keys[j]) })
		for _, key := range keys {
			found = unacceptableIn(key, path, found)
			found = unacceptableIn(value.MapIndex(key), joined(path, fmt.Sprint(key)), found)
		}
	case reflect.Struct:
		for i := 0; i < value.NumField(); i++ {
			field := value.Type().Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			switch {
			case !field.IsExported() && !field.Anonymous, name == "-":
				continue
			case name == "" && field.Anonymous:
				found = unacceptableIn(value.Field(i), path, found)
				continue
			case name == "":
				name = field.Name
			}
			found = unacceptableIn(value.Field(i), joined(path, name), found)
		}
	}
	return found
}

func joined(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
