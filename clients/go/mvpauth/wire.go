package mvpauth

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// readBytes is how much is read at once.
const readBytes = 16 * 1024

var errBadLine = errors.New("mvpauth: the line is neither an answer nor a notification")

// A lineReader cuts what is read into lines, whatever the pieces.
type lineReader struct {
	buffered *bufio.Reader
	limit    int
	long     []byte
}

func newLineReader(from io.Reader, limit int) *lineReader {
	return &lineReader{buffered: bufio.NewReaderSize(from, readBytes), limit: limit}
}

// next gives the next line that is not blank; it is valid until the next call.
func (r *lineReader) next() ([]byte, error) {
	for {
		line, err := r.buffered.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			line, err = r.rest(line)
		}
		if err != nil {
			// A line without its end is never an answer: what was cut off may be a part of it.
			return nil, err
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, nil
		}
	}
}

// rest reads on where a line is longer than the buffer.
func (r *lineReader) rest(begun []byte) ([]byte, error) {
	r.long = append(r.long[:0], begun...)
	for {
		part, err := r.buffered.ReadSlice('\n')
		if len(r.long)+len(part) > r.limit {
			return nil, errBadLine
		}
		r.long = append(r.long, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			line := r.long
			if cap(line) > 16*readBytes {
				// One long answer shall not keep its memory for the life of the connection.
				r.long = nil
			}
			return line, err
		}
	}
}

// A message is a line from the daemon: the answer to a call, or a notification if there is a method.
type message struct {
	ID     json.RawMessage `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
	Method *string         `json:"method"`
	Params json.RawMessage `json:"params"`
}

// parse reads a line. What cannot be understood ends the connection: nothing after it could be trusted.
func parse(line []byte) (message, error) {
	// The package json replaces what is not UTF-8 instead of refusing it.
	if !utf8.Valid(line) {
		return message{}, errBadLine
	}
	said, isUsual := parseUsual(line)
	if isUsual {
		return said, nil
	}
	if json.Unmarshal(line, &said) != nil {
		return message{}, errBadLine
	}
	switch {
	case len(said.Result) > 0 || !isNull(said.Error):
		said.Method = nil
		if isNull(said.ID) {
			// The daemon could not read one of our lines, and does not know whose it was.
			return message{}, errBadLine
		}
		return said, nil
	case said.Method != nil && len(said.ID) == 0:
		return said, nil
	}
	return message{}, errBadLine
}

var (
	beforeID     = []byte(`{"jsonrpc":"2.0","id":"`)
	beforeResult = []byte(`","result":`)
)

// parseUsual reads a result in the form in which the daemon writes it, at half of what the general way costs. What is
// in any other form, it leaves to that.
func parseUsual(line []byte) (message, bool) {
	if !bytes.HasPrefix(line, beforeID) || line[len(line)-1] != '}' {
		return message{}, false
	}
	id, rest, isFound := bytes.Cut(line[len(beforeID):], beforeResult)
	if !isFound || bytes.IndexByte(id, '"') >= 0 || bytes.IndexByte(id, '\\') >= 0 {
		return message{}, false
	}
	result := rest[:len(rest)-1]
	if !json.Valid(result) {
		return message{}, false
	}
	quoted := line[len(beforeID)-1 : len(beforeID)+len(id)+1]
	return message{ID: quoted, Result: append(json.RawMessage(nil), result...)}, true
}
