package main

import "testing"

func TestByteRate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]byteRate{
		"0": 0, "20MB/s": 20_000_000, "1.5MB/s": 1_500_000, "512KiB/s": 512 << 10, "1GiB": 1 << 30, "300 KB/s": 300_000, "7B/s": 7,
	} {
		var got byteRate
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q: got %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "42", "fast", "-1MB/s", "MB/s", "1TB/s", "NaN", "1e30GB/s"} {
		var got byteRate
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken as %d, want a refusal", text, got)
		}
	}
}
