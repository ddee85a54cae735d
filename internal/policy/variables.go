package policy

import "strings"

// cutParts cuts a pattern's source at its variables and turns its wildcards into glyphs.
func cutParts(source string, spelling spelling) ([]part, error) {
	var parts []part
	var glyphs []glyph
	colons := 0
	for at := 0; at < len(source); {
		if spelling.variables && strings.HasPrefix(source[at:], "${") {
			named, length, err := readVariable(source[at:])
			if err != nil {
				return nil, err
			}
			if spelling.arn && colons < 5 {
				return nil, malformed("has a variable in %q before its fifth colon; only the last part of an ARN can have one", source)
			}
			if named.variable == "" {
				glyphs = append(glyphs, named.glyphs...)
			} else {
				parts = append(parts, part{glyphs: glyphs}, named)
				glyphs = nil
			}
			at += length
			continue
		}
		one := glyph(source[at])
		switch {
		case one == ':':
			colons++
		case one == '*' && spelling.wildcards:
			one = starAt(source, at, spelling.arn && colons < 5)
		case one == '?' && spelling.wildcards && spelling.arn && colons < 5:
			one = nearOne
		case one == '?' && spelling.wildcards:
			one = anyOne
		}
		if last := len(glyphs) - 1; last >= 0 && isStar(one) && isStar(glyphs[last]) {
			glyphs[last] = one // of several stars in a row the last one says how far they reach
		} else {
			glyphs = append(glyphs, one)
		}
		at++
	}
	return append(parts, part{glyphs: glyphs}), nil
}

// starAt tells the star that ends its segment, which reaches over colons, from one within it.
func starAt(source string, at int, segmented bool) glyph {
	if segmented && at+1 < len(source) && source[at+1] != ':' {
		return nearStar
	}
	return star
}

func isStar(g glyph) bool { return g == star || g == nearStar }

// readVariable reads ${key}, ${key, 'default'}, or one of ${*}, ${?} and ${$}, which stand for these characters.
func readVariable(source string) (read part, length int, err error) {
	end := strings.IndexByte(source, '}')
	quoted := strings.IndexByte(source, '\'')
	if quoted >= 0 && quoted < end {
		// A default may have braces in it.
		if closing := strings.IndexByte(source[quoted+1:], '\''); closing >= 0 {
			after := quoted + 1 + closing
			end = strings.IndexByte(source[after:], '}')
			if end >= 0 {
				end += after
			}
		}
	}
	if end < 0 {
		return part{}, 0, malformed("has a variable without a closing brace in %q; write ${$} for a dollar sign", source)
	}
	inside, length := source[len("${"):end], end+1
	switch inside {
	case "*", "?", "$":
		return part{glyphs: []glyph{glyph(inside[0])}}, length, nil
	}
	key, fallback, defaults := strings.Cut(inside, ",")
	key, fallback = strings.TrimSpace(key), strings.TrimSpace(fallback)
	if key == "" || strings.ContainsAny(key, " ${}'") {
		return part{}, 0, malformed("has the variable ${%s}, which names no condition key", inside)
	}
	if defaults {
		if len(fallback) < 2 || fallback[0] != '\'' || strings.IndexByte(fallback[1:], '\'') != len(fallback)-2 {
			return part{}, 0, malformed("has the variable ${%s}, whose default is not within single quotes", inside)
		}
		fallback = fallback[1 : len(fallback)-1]
	}
	return part{variable: strings.ToLower(key), fallback: fallback, defaults: defaults}, length, nil
}
