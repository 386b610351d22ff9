package mvpauth

import (
	"encoding/json"
	"reflect"
	"testing"
)

// The quick way to read an answer must say what the general way says, or nothing.
func TestTheUsualFormIsReadAsAnyOther(t *testing.T) {
	for _, row := range []struct {
		line    string
		isUsual bool
	}{
		{`{"jsonrpc":"2.0","id":"a-1","result":{"pong":true}}`, true},
		{`{"jsonrpc":"2.0","id":"a-1","result":null}`, true},
		{`{"jsonrpc":"2.0","id":"a-1","result":"\",\"result\":1"}`, true},
		{`{"jsonrpc":"2.0","id":"a\"-1","result":1}`, false},
		{`{"jsonrpc":"2.0","id":"a-1","result":1,"result":2}`, false},
		{`{"jsonrpc":"2.0","id":"a-1","result":1,"later":{"x":1}}`, false},
		{`{"jsonrpc":"2.0","id":"a-1","result":}`, false},
		{`{"jsonrpc":"2.0","id":"a-1","result":{}`, false},
		{`{"jsonrpc":"2.0","id":"a-1","error":{"message":"\",\"result\":1"}}`, false},
		{`{"jsonrpc":"2.0","id":"a-1","later":"x","result":1}`, false},
		{`{"id":"a-1","result":1}`, false},
		{`{"jsonrpc":"2.0","id":"`, false},
	} {
		said, isUsual := parseUsual([]byte(row.line))
		if isUsual != row.isUsual {
			t.Errorf("%s: %v", row.line, isUsual)
		}
		if !isUsual {
			continue
		}
		var general message
		if err := json.Unmarshal([]byte(row.line), &general); err != nil || !reflect.DeepEqual(said, general) {
			t.Errorf("%s: %+v, not %+v, %v", row.line, said, general, err)
		}
	}
}

func TestTrap11WhatIsNotUTF8IsNoAnswer(t *testing.T) {
	for _, line := range []string{"{\"jsonrpc\":\"2.0\",\"id\":\"a-1\",\"result\":\"\xff\"}", "{\"id\":\"a-1\",\"result\":\"\xed\xa0\x80\"}"} {
		if said, err := parse([]byte(line)); err == nil {
			t.Errorf("%q is %+v", line, said)
		}
	}
}
