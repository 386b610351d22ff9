package mvpauth

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// rows reads a file of clients/vectors.
func rows[Row any](t *testing.T, name string) []Row {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "vectors", name+".jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("needs the checkout's vectors")
	}
	if err != nil {
		t.Fatal(err)
	}
	var found []Row
	for _, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		var row Row
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		found = append(found, row)
	}
	if len(found) == 0 {
		t.Fatalf("%s has no rows", name)
	}
	return found
}

func TestVectorsErrors(t *testing.T) {
	type row struct {
		Name     string
		Error    json.RawMessage
		Expected struct {
			Code         *Code
			Number       int
			Message      string
			Status       int
			Retryable    bool
			Executed     bool
			RetryAfterMS *int64 `json:"retry_after_ms"`
			Fields       []FieldError
			RequestID    *string `json:"request_id"`
		}
	}
	for _, row := range rows[row](t, "errors") {
		t.Run(row.Name, func(t *testing.T) {
			said, expected := errorFromWire(row.Error), row.Expected
			want := &Error{
				Code: Unknown, Number: expected.Number, Message: expected.Message, Retryable: expected.Retryable,
				Executed: expected.Executed,
			}
			if expected.Code != nil {
				want.Code = *expected.Code
			}
			if expected.RetryAfterMS != nil {
				want.RetryAfter = time.Duration(*expected.RetryAfterMS) * time.Millisecond
			}
			if expected.RequestID != nil {
				want.RequestID = *expected.RequestID
			}
			if len(expected.Fields) > 0 {
				want.Fields = expected.Fields
			}
			if !reflect.DeepEqual(said, want) {
				t.Errorf("%#v, not %#v", said, want)
			}
			if said.HTTPStatus() != expected.Status {
				t.Errorf("status %d, not %d", said.HTTPStatus(), expected.Status)
			}
			if !errors.Is(fmt.Errorf("around: %w", said), want.Code) || errors.Is(said, Code("ANOTHER")) {
				t.Error("errors.Is does not tell the code")
			}
		})
	}
}

func TestVectorsEndpoints(t *testing.T) {
	type row struct {
		Name        string
		Argument    string
		Environment map[string]string
		Exists      []string
		Searched    []string
		Path        string
	}
	for _, row := range rows[row](t, "endpoints") {
		t.Run(row.Name, func(t *testing.T) {
			searched, failure := candidates(row.Argument, func(name string) string { return row.Environment[name] })
			if failure != nil || !reflect.DeepEqual(searched, row.Searched) {
				t.Fatalf("%v, %v", searched, failure)
			}
			path := locate(searched, func(path string) error {
				for _, existing := range row.Exists {
					if existing == path {
						return nil
					}
				}
				return fs.ErrNotExist
			})
			if path != row.Path {
				t.Errorf("%s, not %s", path, row.Path)
			}
		})
	}
}

func TestVectorsFraming(t *testing.T) {
	type row struct {
		Name   string
		Chunks []struct {
			Text, Hex string
			Times     int
		}
		Events []map[string]any
	}
	for _, row := range rows[row](t, "framing") {
		t.Run(row.Name, func(t *testing.T) {
			reader, writer := io.Pipe()
			go func() {
				for _, chunk := range row.Chunks {
					data := []byte(chunk.Text)
					if chunk.Hex != "" {
						data, _ = hex.DecodeString(chunk.Hex)
					}
					if chunk.Times > 1 {
						data = bytes.Repeat(data, chunk.Times)
					}
					writer.Write(data)
				}
				writer.Close()
			}()
			events, results := []map[string]any{}, map[float64]any{}
			lines := newLineReader(reader, 2*usualLimits.ReplyBytes)
			for {
				line, err := lines.next()
				if err == io.EOF {
					break
				}
				var said message
				if err == nil {
					said, err = parse(line)
				}
				if err != nil {
					events = append(events, map[string]any{"close": true})
					break
				}
				var number float64
				if said.Method != nil {
					events = append(events, map[string]any{"notification": *said.Method})
				} else if _, err := fmt.Sscanf(string(said.ID), `"@%g"`, &number); err == nil {
					events = append(events, map[string]any{"answer": number})
					results[number] = generic(t, said.Result)
				}
			}
			for _, event := range row.Events {
				if result, isGiven := event["result"]; isGiven {
					if !reflect.DeepEqual(results[event["answer"].(float64)], result) {
						t.Errorf("the result is %v", results[event["answer"].(float64)])
					}
					delete(event, "result")
				}
			}
			if !reflect.DeepEqual(events, row.Events) {
				t.Errorf("%v, not %v", events, row.Events)
			}
			reader.Close()
		})
	}
}

func TestVectorsStrings(t *testing.T) {
	type row struct {
		Name  string
		UTF16 []uint16
		UTF8  string
		Sent  bool
	}
	for _, row := range rows[row](t, "strings") {
		t.Run(row.Name, func(t *testing.T) {
			text := string(utf16.Decode(row.UTF16))
			if row.UTF8 != "" {
				raw, err := hex.DecodeString(row.UTF8)
				if err != nil {
					t.Fatal(err)
				}
				text = string(raw)
			}
			if strings.ContainsRune(text, 0xfffd) && row.UTF8 == "" {
				t.Skip("a string of Go cannot hold a lone surrogate")
			}
			method := methodsByName["user.register"]
			for name, encode := range map[string]func() ([]byte, error){
				"a method": func() ([]byte, error) { return params{{"password", text}}.encode(method) },
				"a map":    func() ([]byte, error) { return encodeAny(map[string]any{"password": text}) },
				"a struct": func() ([]byte, error) {
					return encodeAny(struct {
						Password *string `json:"password"`
					}{&text})
				},
			} {
				encoded, err := encode()
				if row.Sent {
					if err != nil || !reflect.DeepEqual(generic(t, encoded), map[string]any{"password": text}) {
						t.Errorf("%s: %s, %v", name, encoded, err)
					}
					continue
				}
				var failure *Error
				if !errors.As(err, &failure) || failure.Code != InvalidParams || failure.Executed ||
					len(failure.Fields) != 1 || failure.Fields[0].Path != "password" {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

func TestVectorsRetries(t *testing.T) {
	type row struct {
		Name    string
		Method  string
		Params  any
		Key     *string
		Steps   []json.RawMessage
		Sends   int
		Outcome struct {
			Result   any
			Code     Code
			Executed bool
		}
	}
	server := startServer(t)
	for _, row := range rows[row](t, "retries") {
		t.Run(row.Name, func(t *testing.T) {
			client := &Client{Socket: server.serve(row.Steps), Timeout: 20 * time.Second}
			defer client.Close()
			var options []Option
			if row.Key != nil {
				options = append(options, IdempotencyKey(*row.Key))
			}
			var result any
			err := client.Call(context.Background(), row.Method, row.Params, &result, options...)
			var failure *Error
			if errors.As(err, &failure) {
				if failure.Code != row.Outcome.Code || failure.Executed != row.Outcome.Executed {
					t.Errorf("%v, executed %v; not %v", err, failure.Executed, row.Outcome)
				}
			} else if row.Outcome.Code != "" || !reflect.DeepEqual(result, row.Outcome.Result) {
				t.Errorf("%v; not %v", result, row.Outcome)
			}
			calls := server.calls()
			if len(calls) != row.Sends {
				t.Errorf("%d calls arrived, not %d", len(calls), row.Sends)
			}
			ids := map[string]bool{}
			for _, call := range calls {
				ids[call.Line.ID] = true
				key := call.Line.Meta["idempotency_key"]
				if call.Line.Method != row.Method || !reflect.DeepEqual(call.Line.Params, row.Params) ||
					key != calls[0].Line.Meta["idempotency_key"] || row.Key != nil && key != *row.Key {
					t.Errorf("another call arrived: %v", call)
				}
			}
			if len(ids) != len(calls) {
				t.Error("an id was used twice")
			}
		})
	}
}

type methodRow struct {
	Name     string
	Method   string
	Function *string
	Params   map[string]any
	Result   json.RawMessage
	Value    any
}

func TestVectorsMethods(t *testing.T) {
	server := startServer(t)
	for _, row := range rows[methodRow](t, "methods") {
		t.Run(row.Name, func(t *testing.T) {
			if row.Function == nil {
				value := repliesWithoutFunction[row.Method]()
				if err := decode(row.Result, value); err != nil {
					t.Fatal(err)
				}
				compare(t, value, row.Value)
				return
			}
			client := &Client{Socket: server.serve([]any{map[string]any{"reply": row.Result}})}
			defer client.Close()
			value, err := functions[*row.Function](context.Background(), client, func(name string) string {
				text, _ := row.Params[name].(string)
				return text
			})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, value, row.Value)
			calls := server.calls()
			if len(calls) != 1 || calls[0].Line.Method != row.Method ||
				!reflect.DeepEqual(calls[0].Line.Params, withoutNulls(row.Params)) {
				t.Errorf("what arrived is %v", calls)
			}
		})
	}
}

func TestEveryMethodOfAnApplicationIsOfferedAndKnown(t *testing.T) {
	offered := map[string]bool{}
	for _, row := range rows[methodRow](t, "methods") {
		if row.Function == nil {
			continue
		}
		offered[row.Method] = true
		if functions[*row.Function] == nil {
			t.Errorf("there is no %s", *row.Function)
		}
	}
	if len(offered) < 14 {
		t.Errorf("only %d methods are offered", len(offered))
	}
	for _, method := range knownMethods {
		if method.role == "client" && !offered[method.name] {
			t.Errorf("%s is not offered", method.name)
		}
	}
	for method := range offered {
		if _, isKnown := methodsByName[method]; !isKnown {
			t.Errorf("%s is not known", method)
		}
	}
}

func compare(t *testing.T, value, expected any) {
	t.Helper()
	encoded, err := json.Marshal(plain(reflect.ValueOf(value)))
	if err != nil {
		t.Fatal(err)
	}
	if got := generic(t, encoded); !reflect.DeepEqual(got, withoutNulls(expected)) {
		t.Errorf("%v\nnot %v", got, withoutNulls(expected))
	}
}

// plain is a reply as the rows have it: microseconds, and nothing for what is missing.
func plain(value reflect.Value) any {
	if instant, isInstant := value.Interface().(time.Time); isInstant {
		return instant.UnixMicro()
	}
	switch value.Kind() {
	case reflect.Pointer:
		return plain(value.Elem())
	case reflect.Slice:
		list := []any{}
		for i := 0; i < value.Len(); i++ {
			list = append(list, plain(value.Index(i)))
		}
		return list
	case reflect.Struct:
		members := map[string]any{}
		for i := 0; i < value.NumField(); i++ {
			name, option, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
			if option != "omitempty" || !value.Field(i).IsZero() {
				members[name] = plain(value.Field(i))
			}
		}
		return members
	}
	return value.Interface()
}

func generic(t *testing.T, raw []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return value
}

func withoutNulls(value any) any {
	switch value := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for name, member := range value {
			if member != nil {
				kept[name] = withoutNulls(member)
			}
		}
		return kept
	case []any:
		kept := []any{}
		for _, element := range value {
			kept = append(kept, withoutNulls(element))
		}
		return kept
	}
	return value
}
