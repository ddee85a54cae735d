package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// model is one service as internal/api/models describes it.
type model struct {
	Metadata struct {
		APIVersion     string `json:"apiVersion"`
		EndpointPrefix string `json:"endpointPrefix"`
		XMLNamespace   string `json:"xmlNamespace"`
		TargetPrefix   string `json:"targetPrefix"` // of the JSON protocol only
	} `json:"metadata"`
	Others     []string             `json:"others"` // names of operations that the service has and this model does not describe
	Operations map[string]operation `json:"operations"`
	Shapes     map[string]shape     `json:"shapes"`
}

type operation struct {
	Input  *reference `json:"input"`
	Output *reference `json:"output"`
	Errors []string   `json:"errors"`
}

type reference struct {
	Shape         string `json:"shape"`
	LocationName  string `json:"locationName"`
	ResultWrapper string `json:"resultWrapper"`
}

type shape struct {
	Type      string    `json:"type"`
	Members   members   `json:"members"`
	Member    reference `json:"member"`
	Key       reference `json:"key"`
	Value     reference `json:"value"`
	Required  []string  `json:"required"`
	Always    []string  `json:"always"` // members that answers show even when they are empty, as recorded
	Enum      []string  `json:"enum"`
	Exception bool      `json:"exception"`
	Sensitive bool      `json:"sensitive"`
	Error     struct {
		Code           string `json:"code"`
		HTTPStatusCode int    `json:"httpStatusCode"`
		SenderFault    bool   `json:"senderFault"`
	} `json:"error"`
}

type member struct {
	Name string
	reference
}

// members keeps the order of the model's file, because the XML answers follow it.
type members []member

func (m *members) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		next := member{Name: name.(string)}
		if err := decoder.Decode(&next.reference); err != nil {
			return err
		}
		*m = append(*m, next)
	}
	return nil
}

func readModel(path string) (model, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return model{}, err
	}
	var m model
	if err := json.Unmarshal(text, &m); err != nil {
		return model{}, fmt.Errorf("read %s: %w", path, err)
	}
	return m, nil
}

// shapesWhere lists, in order, the names of the shapes that pass.
func (m model) shapesWhere(pass func(shape) bool) []string {
	var names []string
	for name, s := range m.Shapes {
		if pass(s) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func isStructure(s shape) bool { return s.Type == "structure" && !s.Exception }
func isException(s shape) bool { return s.Exception }
func isEnum(s shape) bool      { return len(s.Enum) > 0 }
