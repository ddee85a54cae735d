package awsapi

import (
	"strings"
	"unicode/utf8"
)

// nearest is the known name that was probably meant, or "" when none is close.
func nearest(name string, known []string) string {
	const longest = 128 // the distance takes time in the product of both lengths
	if len(name) > longest {
		return ""
	}
	best, bestDistance := "", 1+len(name)/3
	for _, candidate := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// distance is Levenshtein's: how many characters to insert, delete or replace.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// clip keeps what a refusal repeats short.
func clip(text string) string {
	const limit = 100
	if len(text) <= limit {
		return text
	}
	cut := limit
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
