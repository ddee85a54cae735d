package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// byteRate is a number of bytes a second, written like "20MB/s", "512KiB/s" or "0" (no limit).
type byteRate int64

var rateUnits = []struct {
	suffix string
	bytes  float64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1},
}

// UnmarshalText reads the flag's value.
func (r *byteRate) UnmarshalText(text []byte) error {
	word := strings.TrimSuffix(strings.TrimSpace(string(text)), "/s")
	scale := 0.0
	for _, unit := range rateUnits {
		if number, ok := strings.CutSuffix(word, unit.suffix); ok {
			word, scale = number, unit.bytes
			break
		}
	}
	number, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
	if err == nil && number > 0 && scale == 0 {
		return fmt.Errorf("%q has no unit: write it like %sMB/s or %sKiB/s", text, word, word)
	}
	if err != nil || number < 0 || math.IsNaN(number) || number*scale > math.MaxInt64/2 {
		return fmt.Errorf("%q is not a rate: write it like 20MB/s, 512KiB/s, or 0 for no limit", text)
	}
	*r = byteRate(number * scale)
	return nil
}
