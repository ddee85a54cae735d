package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	// maxDocument is what the IAM API takes of a document with all its white space.
	maxDocument = 131072
	maxDepth    = 8 // one more than a condition's value needs
)

// MalformedError says why a text is no policy document, and in which statement.
type MalformedError struct {
	Place   string // "statement 2 (Sid Readers)", or empty if it is about the whole document
	Problem string
}

func (e *MalformedError) Error() string {
	if e.Place == "" {
		return "the policy document " + e.Problem
	}
	return e.Place + " " + e.Problem
}

func malformed(format string, arguments ...any) error {
	return &MalformedError{Problem: fmt.Sprintf(format, arguments...)}
}

// within adds the place to an error that does not have one yet.
func within(place string, err error) error {
	var problem *MalformedError
	if errors.As(err, &problem) && problem.Place == "" {
		return &MalformedError{Place: place, Problem: problem.Problem}
	}
	return err
}

// SizeError says that a document has more characters than its kind may have. White space does not count.
type SizeError struct {
	Kind        Kind
	Size, Limit int
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("the policy document has %d characters without white space; %s may have %d", e.Size, rulesOf[e.Kind].name, e.Limit)
}

// Size counts a document's characters as AWS does: without white space. Quotas over several inline policies are sums of it.
func Size(document string) int {
	size := 0
	for _, character := range document {
		if !strings.ContainsRune(" \t\n\r", character) {
			size++
		}
	}
	return size
}

func checkText(kind Kind, document string) error {
	if len(document) > maxDocument {
		return &SizeError{Kind: kind, Size: Size(document), Limit: rulesOf[kind].size}
	}
	if size, limit := Size(document), rulesOf[kind].size; size > limit {
		return &SizeError{Kind: kind, Size: size, Limit: limit}
	}
	if !utf8.ValidString(document) {
		return malformed("is not UTF-8")
	}
	for _, character := range document {
		if character > 0xFF || character < ' ' && !strings.ContainsRune("\t\n\r", character) {
			return malformed("has the character %U; only tab, line feed, carriage return and U+0020 to U+00FF may be in it", character)
		}
	}
	return nil
}

// shape is what a JSON value is, as messages call it.
type shape string

const (
	object  shape = "an object"
	array   shape = "a list"
	text    shape = "a string"
	number  shape = "a number"
	boolean shape = "a boolean"
	null    shape = "null"
)

// value is one JSON value. Unlike a map it still has the members that are there twice, and their order.
type value struct {
	shape   shape
	text    string // of strings, numbers and booleans
	members []member
	items   []value
}

type member struct {
	name string
	value
}

func readJSON(document string) (value, error) {
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	read, err := readValue(decoder, 0)
	if err != nil {
		return value{}, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return value{}, malformed("goes on after its end")
	}
	return read, nil
}

func readValue(decoder *json.Decoder, depth int) (value, error) {
	token, err := decoder.Token()
	if err != nil {
		return value{}, malformed("is not JSON: %s", syntaxProblem(err))
	}
	switch token := token.(type) {
	case json.Delim:
		if depth == maxDepth {
			return value{}, malformed("has lists and objects nested deeper than any element of a policy")
		}
		if token == '{' {
			return readObject(decoder, depth+1)
		}
		return readArray(decoder, depth+1)
	case string:
		return value{shape: text, text: token}, nil
	case json.Number:
		return value{shape: number, text: token.String()}, nil
	case bool:
		return value{shape: boolean, text: fmt.Sprint(token)}, nil
	}
	return value{shape: null}, nil
}

func readObject(decoder *json.Decoder, depth int) (value, error) {
	read := value{shape: object}
	for decoder.More() {
		name, err := readValue(decoder, depth)
		if err != nil {
			return value{}, err
		}
		item, err := readValue(decoder, depth)
		if err != nil {
			return value{}, err
		}
		read.members = append(read.members, member{name: name.text, value: item})
	}
	_, err := decoder.Token()
	if err != nil {
		return value{}, malformed("is not JSON: %s", syntaxProblem(err))
	}
	return read, nil
}

func readArray(decoder *json.Decoder, depth int) (value, error) {
	read := value{shape: array}
	for decoder.More() {
		item, err := readValue(decoder, depth)
		if err != nil {
			return value{}, err
		}
		read.items = append(read.items, item)
	}
	_, err := decoder.Token()
	if err != nil {
		return value{}, malformed("is not JSON: %s", syntaxProblem(err))
	}
	return read, nil
}

func syntaxProblem(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too early"
	}
	return err.Error()
}

// once refuses an object that has a member twice.
func (v value) once() error {
	seen := map[string]bool{}
	for _, member := range v.members {
		if seen[member.name] {
			return malformed("has %s twice", member.name)
		}
		seen[member.name] = true
	}
	return nil
}

// strings answers a string or a list of strings. Numbers and booleans are taken where they are scalars of a condition.
func (v value) strings(element string, scalars ...shape) ([]string, error) {
	items := []value{v}
	if v.shape == array {
		items = v.items
	}
	all := make([]string, 0, len(items))
	for _, item := range items {
		if !item.isOneOf(append(scalars, text)) {
			return nil, malformed("has %s in %s, which takes a string or a list of strings", item.shape, element)
		}
		all = append(all, item.text)
	}
	return all, nil
}

func (v value) isOneOf(shapes []shape) bool {
	for _, one := range shapes {
		if v.shape == one {
			return true
		}
	}
	return false
}
