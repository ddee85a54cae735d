package awsapi

import (
	"net/url"
	"strings"

	"slipher/internal/api"
)

// maxDepth is well beyond the deepest input of the models; it keeps a form of dots from becoming a tree of them.
const maxDepth = 24

// node is one place in a form whose names are paths: Tags.Tag.1.Key=k.
type node struct {
	value    string
	given    bool // something stood right here, if only "Param="
	children map[string]*node
}

func growTree(form url.Values) (*node, error) {
	root := &node{}
	for path, values := range form {
		if len(values) > 1 {
			return nil, api.NewFault("InvalidQueryParameter", 400, "the parameter %s is given %d times", clip(path), len(values))
		}
		if strings.Count(path, ".") >= maxDepth {
			return nil, api.NewFault("InvalidQueryParameter", 400, "the parameter %s has more parts than any parameter has", clip(path))
		}
		place := root
		for name := range strings.SplitSeq(path, ".") {
			place = place.child(name)
		}
		place.value, place.given = values[0], true
	}
	return root, nil
}

func (n *node) child(name string) *node {
	if n.children == nil {
		n.children = map[string]*node{}
	}
	next, ok := n.children[name]
	if !ok {
		next = &node{}
		n.children[name] = next
	}
	return next
}
