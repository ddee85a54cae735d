package policy

import "strings"

// compileResource makes the pattern of a Resource: * for everything, or an ARN in whose last part variables may be, and in whose
// segments wildcards may be, but for that of the service. A star at the end of a segment reaches over the colons behind it.
func compileResource(resource string, variables bool) (*pattern, error) {
	if strings.Trim(resource, "*") == "" && resource != "" {
		return compile("*", spelling{wildcards: true})
	}
	segments := strings.SplitN(resource, ":", 6)
	switch {
	case segments[0] != "arn" || len(segments) < 3:
		return nil, malformed("has the resource %q, which is neither an ARN nor *", resource)
	case segments[1] == "" || segments[2] == "":
		return nil, malformed("has the resource %q, whose ARN has no partition or no service", resource)
	case strings.ContainsAny(segments[2], "*?"):
		return nil, malformed("has the resource %q; the service of an ARN cannot have wildcards", resource)
	case len(segments) < 6 && !strings.HasSuffix(resource, "*"):
		return nil, malformed("has the resource %q; an ARN has six parts, or ends in * before", resource)
	}
	return compile(resource, spelling{wildcards: true, variables: variables, arn: true})
}

// matchARN compares the six parts of an ARN one by one, as the Arn operators of conditions do: a wildcard stays within its part.
func matchARN(glyphs []glyph, arn string) bool {
	for range 5 {
		end := indexGlyph(glyphs, ':')
		part, rest, separated := strings.Cut(arn, ":")
		if end < 0 || !separated || !matchGlyphs(glyphs[:end], part, false) {
			return false
		}
		glyphs, arn = glyphs[end+1:], rest
	}
	return matchGlyphs(glyphs, arn, false)
}

func indexGlyph(glyphs []glyph, wanted glyph) int {
	for i, one := range glyphs {
		if one == wanted {
			return i
		}
	}
	return -1
}

// isAccount says whether the text is an account id: 12 digits.
func isAccount(id string) bool {
	for _, digit := range []byte(id) {
		if digit < '0' || digit > '9' {
			return false
		}
	}
	return len(id) == 12
}
