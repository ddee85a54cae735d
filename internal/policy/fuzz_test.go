package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParse takes any text for a document. One that is understood must decide whatever it is asked, twice alike.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatalf("no suite: %v", err)
	}
	for _, file := range files {
		suite, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, line := range strings.Split(string(suite), "\n") {
			if strings.HasPrefix(line, `{"`) {
				f.Add(line, "redshift:PauseCluster", "arn:aws:redshift:eu-west-1:111122223333:cluster:a", "ada")
			}
		}
	}
	f.Fuzz(func(t *testing.T, document, action, resource, value string) {
		for kind := range rulesOf {
			parsed, err := Parse(kind, "fuzzed", document)
			if err != nil {
				continue
			}
			request := NewRequest(Principal{
				Type: RoleSession, Account: "111122223333", UserID: "AROAEXAMPLE:" + value,
				ARN: "arn:aws:sts::111122223333:assumed-role/loader/" + value, Source: "arn:aws:iam::111122223333:role/loader",
			}, action, resource)
			request.Context.Set("aws:SourceIp", value)
			request.Context.Set("aws:CurrentTime", value)
			request.Context.Set("aws:TagKeys", value, action)
			policies := Policies{Identity: []*Policy{parsed}}
			if rulesOf[kind].principal == required {
				policies = Policies{Resource: parsed}
			}
			if first, second := policies.Decide(request), policies.Decide(request); first != second {
				t.Errorf("decided %s, then %s", first, second)
			}
		}
	})
}

// FuzzMatch compares the search with the plain definition of a match, for resources and for other patterns.
func FuzzMatch(f *testing.F) {
	for _, seed := range [][2]string{
		{"", ""}, {"*", "a"}, {"a*b*c", "aXbXc"}, {"?", "é"}, {"**?", "éé"}, {"*:b:*", "a:b:b:c"}, {"a*b:*c", "axb:x:c"}, {"a?b", "a:b"},
		{"arn:aws:redshift:eu-*-1:*:cluster:a*b", "arn:aws:redshift:eu-west-1:111122223333:cluster:a:b"},
		{"arn:*a*b*:*c*d:*:x*y", "arn:ab:acbd:e:f:xy"}, {"a*a*a*a*a*a*a*ab", "aaaaaaaaaaaaaaaaaaaaaaaaaa"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, source, s string) {
		if len(source) > 60 || len(s) > 60 || !utf8.ValidString(source) || !utf8.ValidString(s) {
			return
		}
		for _, segmented := range []bool{false, true} {
			made, err := compile(source, spelling{wildcards: true, arn: segmented})
			if err != nil {
				t.Fatal(err)
			}
			parts, _ := cutParts(source, spelling{wildcards: true, arn: segmented})
			if got, want := made.match(s, nil), definition(parts[0].glyphs, s); got != want {
				t.Errorf("%q of %q, segmented %v: got %v, want %v", s, source, segmented, got, want)
			}
		}
	})
}

// definition says what a match is, in as many steps as it takes: reached are the places in s where the glyphs so far may end.
func definition(glyphs []glyph, s string) bool {
	reached := make([]bool, len(s)+1)
	reached[0] = true
	for _, glyph := range glyphs {
		next := make([]bool, len(s)+1)
		for place, here := range reached {
			if !here {
				continue
			}
			switch glyph {
			case star:
				for ; place <= len(s); place++ {
					next[place] = true
				}
			case nearStar:
				next[place] = true
				for ; place < len(s) && s[place] != ':'; place++ {
					next[place+1] = true
				}
			default:
				if width := glyph.match(s, place, false); width > 0 && utf8.RuneStart(s[place]) {
					next[place+width] = true
				}
				if glyph < star && place < len(s) && byte(glyph) == s[place] {
					next[place+1] = true
				}
			}
		}
		reached = next
	}
	return reached[len(s)]
}
