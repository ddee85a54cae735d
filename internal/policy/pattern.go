package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// pattern is a string with wildcards and variables, of an action, a resource or a condition's value.
type pattern struct {
	form     form
	text     string  // all of an exact pattern, what stands before the first wildcard of others
	last     string  // of the form wild: the last text behind that wildcard, if there is any
	glyphs   []glyph // of the form wild, unless there are variables
	parts    []part  // of the form variable
	foldCase bool
}

type form int

const (
	exact form = iota
	prefix
	everything
	wild
	variable
)

// glyph is one byte of a pattern as it is, or a wildcard.
type glyph uint16

const (
	star     glyph = 0x100 + iota // any characters
	nearStar                      // any characters but a colon
	anyOne                        // one character
	nearOne                       // one character but a colon
)

// part is a piece of a pattern: glyphs, or a variable to be replaced by the request's value.
type part struct {
	glyphs   []glyph
	variable string // in lower case
	fallback string
	defaults bool // whether there is a fallback
}

// spelling says what is more than a plain character in a pattern.
type spelling struct {
	wildcards bool
	variables bool
	arn       bool // wildcards stay within a segment, as in Resource
	foldCase  bool
}

func compileAction(action string) *pattern {
	made, _ := compile(strings.ToLower(action), spelling{wildcards: true, foldCase: true})
	return made
}

// compile makes a pattern. It refuses variables that are not closed or have no name.
func compile(source string, spelling spelling) (*pattern, error) {
	parts, err := cutParts(source, spelling)
	if err != nil {
		return nil, err
	}
	made := &pattern{foldCase: spelling.foldCase}
	for _, part := range parts {
		if part.variable != "" {
			made.form, made.parts = variable, parts
			return made, nil
		}
		made.glyphs = append(made.glyphs, part.glyphs...)
	}
	made.simplify()
	return made, nil
}

// simplify finds the forms that need no search.
func (p *pattern) simplify() {
	first := slices.IndexFunc(p.glyphs, func(one glyph) bool { return one >= star })
	switch {
	case first < 0:
		p.form, p.text = exact, plain(p.glyphs)
	case first < len(p.glyphs)-1 || p.glyphs[first] != star:
		p.form, p.text, p.last = wild, plain(p.glyphs[:first]), lastText(p.glyphs[first:])
	case first == 0:
		p.form = everything
	default:
		p.form, p.text = prefix, plain(p.glyphs[:first])
	}
}

// lastText is the last text of a pattern with wildcards. Names differ there, so it tells most strings that do not match.
func lastText(glyphs []glyph) string {
	end := len(glyphs)
	for end > 0 && glyphs[end-1] >= star {
		end--
	}
	start := end
	for start > 0 && glyphs[start-1] < star {
		start--
	}
	return plain(glyphs[start:end])
}

// plain is the text of glyphs without wildcards.
func plain(glyphs []glyph) string {
	text := make([]byte, len(glyphs))
	for i, one := range glyphs {
		text[i] = byte(one)
	}
	return string(text)
}

// match says whether the whole string is of the pattern. A variable that the context has no value for matches nothing.
func (p *pattern) match(s string, context Context) bool {
	switch p.form {
	case everything:
		return true
	case exact:
		return s == p.text || p.foldCase && strings.EqualFold(s, p.text)
	case prefix:
		return len(s) >= len(p.text) && (s[:len(p.text)] == p.text || p.foldCase && strings.EqualFold(s[:len(p.text)], p.text))
	}
	if p.form == wild && !p.foldCase {
		return strings.HasPrefix(s, p.text) && strings.Contains(s[len(p.text):], p.last) &&
			matchGlyphs(p.glyphs[len(p.text):], s[len(p.text):], false)
	}
	var room [256]glyph
	glyphs, resolved := p.resolve(room[:0], context)
	if p.foldCase && p.form == variable {
		return resolved && strings.EqualFold(plain(glyphs), s) // no operator has all three
	}
	return resolved && matchGlyphs(glyphs, s, p.foldCase)
}

// resolve answers the glyphs with all variables replaced, in the room if they fit.
func (p *pattern) resolve(room []glyph, context Context) (glyphs []glyph, resolved bool) {
	if p.form != variable {
		return p.glyphs, true
	}
	for _, part := range p.parts {
		if part.variable == "" {
			room = append(room, part.glyphs...)
			continue
		}
		value, found := context.single(part.variable)
		if !found {
			value = part.fallback
		}
		if !found && !part.defaults {
			return nil, false
		}
		for i := range len(value) {
			room = append(room, glyph(value[i]))
		}
	}
	return room, true
}

func (p *pattern) resolvable(context Context) bool {
	for _, part := range p.parts {
		if part.variable == "" || part.defaults {
			continue
		}
		if _, found := context.single(part.variable); !found {
			return false
		}
	}
	return true
}

// matchGlyphs goes through both from left to right. After a mismatch it lets the last star take one more character; a near star
// that has come to a colon hands over to the last star before it. A star takes over from all stars before it, since whatever
// these could match, it can. So the time is bounded by the product of the lengths.
func matchGlyphs(glyphs []glyph, s string, foldCase bool) bool {
	at, in := 0, 0
	wide, wideIn, near, nearIn := -1, 0, -1, 0
	for {
		matched := 0
		switch {
		case at == len(glyphs):
			if in == len(s) {
				return true
			}
		case glyphs[at] == star:
			if at == len(glyphs)-1 {
				return true
			}
			wide, wideIn, near = at, in, -1
			at++
			continue
		case glyphs[at] == nearStar:
			near, nearIn = at, in
			at++
			continue
		default:
			matched = glyphs[at].match(s, in, foldCase)
		}
		switch {
		case matched > 0:
			at++
			in += matched
		case near >= 0 && nearIn < len(s) && s[nearIn] != ':':
			nearIn += width(s, nearIn)
			at, in = near+1, nearIn
		case wide >= 0 && wideIn < len(s):
			wideIn += width(s, wideIn)
			at, in, near = wide+1, wideIn, -1
		default:
			return false
		}
	}
}

// match answers how many bytes of the string at the place match one glyph; none if it does not match.
func (g glyph) match(s string, place int, foldCase bool) int {
	if place == len(s) {
		return 0
	}
	switch {
	case g == anyOne, g == nearOne && s[place] != ':':
		return width(s, place)
	case g == glyph(s[place]):
		return 1
	case foldCase && 'A' <= s[place] && s[place] <= 'Z' && g == glyph(s[place]+'a'-'A'):
		return 1
	}
	return 0
}

func width(s string, place int) int {
	if s[place] < utf8.RuneSelf {
		return 1
	}
	_, width := utf8.DecodeRuneInString(s[place:])
	return width
}
