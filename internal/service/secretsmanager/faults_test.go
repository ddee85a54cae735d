package secretsmanager_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"slipher/internal/api/secretsmanager"
)

// unscripted are the modelled faults that no script answers: the Go test that reaches them, or why they do not occur.
var unscripted = map[string]string{
	"GetRandomPassword InvalidParameterException": "TestGetRandomPassword",
	"GetRandomPassword InvalidRequestException":   "nothing that is kept has a say in it",
	"GetResourcePolicy InvalidRequestException":   "for a secret that waits for its deletion; these are deleted with their cluster, at once",
	"ListSecrets InvalidRequestException":         "for a secret that waits for its deletion; these are deleted with their cluster, at once",
}

var answeredFault = regexp.MustCompile(`^([A-Za-z]+) \([45][0-9]{2}\): `)

func TestFaults(t *testing.T) {
	t.Parallel()
	reached := scriptedFaults(t)
	for _, operation := range secretsmanager.Table().Operations {
		for _, code := range operation.Faults {
			name := operation.Name + " " + code
			switch _, named := unscripted[name]; {
			case code == "InternalServiceError": // the door answers what is slipher's own fault
			case named && reached[name]:
				t.Errorf("%s is answered by a script: take it out of unscripted", name)
			case !named && !reached[name]:
				t.Errorf("%s is modelled; no script answers it, and unscripted does not say why", name)
			}
		}
	}
	for _, test := range slices.Collect(maps.Values(unscripted)) {
		if strings.HasPrefix(test, "Test") && !isTest(t, test) {
			t.Errorf("there is no test %s", test)
		}
	}
}

func scriptedFaults(t *testing.T) map[string]bool {
	t.Helper()
	reached := map[string]bool{}
	for _, text := range readAll(t, "testdata/*.txt") {
		operation := ""
		for line := range strings.Lines(text) {
			if request, asked := strings.CutPrefix(line, "> "); asked {
				operation = strings.Fields(request)[0]
			} else if fault := answeredFault.FindStringSubmatch(line); fault != nil {
				reached[operation+" "+fault[1]] = true
			}
		}
	}
	return reached
}

func isTest(t *testing.T, name string) bool {
	t.Helper()
	return slices.ContainsFunc(readAll(t, "*_test.go"), func(text string) bool { return strings.Contains(text, "func "+name+"(") })
}

func readAll(t *testing.T, pattern string) (texts []string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}
