package vault_test

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestMain sets how long the randomised tests go on: seconds, or minutes when SLIPHER_STRESS is set.
func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		os.Exit(play(role))
	}
	flag.Parse()
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set(map[bool]string{false: "12", true: "1000"}[stress()]); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func stress() bool { return os.Getenv("SLIPHER_STRESS") != "" }
