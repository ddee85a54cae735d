package kms_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"slipher/internal/api/kms"
)

// unscripted are the modelled faults that no script answers: the Go test that reaches them, or why they do not occur. * is for all operations.
var unscripted = map[string]string{
	"* DependencyTimeoutException": "keys are kept by slipher itself",
	"* KMSInternalException":       "what goes wrong in the server is the door's to answer",
	"* KeyUnavailableException":    "keys are kept by slipher itself",

	"CreateKey InvalidArnException":                            "the operation takes no ARN",
	"CreateKey LimitExceededException":                         "TestLimits",
	"CreateKey CustomKeyStoreInvalidStateException":            "there are no custom key stores",
	"CreateKey CloudHsmClusterInvalidConfigurationException":   "there are no custom key stores",
	"CreateKey XksKeyInvalidConfigurationException":            "there are no external key stores",
	"CreateKey XksKeyAlreadyInUseException":                    "there are no external key stores",
	"CreateGrant LimitExceededException":                       "TestLimits",
	"PutKeyPolicy LimitExceededException":                      "TestLimits",
	"TagResource LimitExceededException":                       "TestLimits",
	"CreateAlias LimitExceededException":                       "a key has as many aliases as one likes",
	"UpdateAlias LimitExceededException":                       "a key has as many aliases as one likes",
	"EnableKey LimitExceededException":                         "as many keys are enabled as one likes",
	"GenerateDataKey InvalidKeyUsageException":                 "all keys are for encryption, and the operation takes no algorithm",
	"GenerateDataKeyWithoutPlaintext InvalidKeyUsageException": "all keys are for encryption, and the operation takes no algorithm",
	"EnableKeyRotation UnsupportedOperationException":          "all keys that the caller may change can be rotated",
	"GetKeyRotationStatus UnsupportedOperationException":       "all keys have a rotation, if only none",
	"PutKeyPolicy UnsupportedOperationException":               "every key has a policy",
	"DeleteAlias KMSInvalidStateException":                     "an alias of a key in any state can go",
	"GetKeyPolicy KMSInvalidStateException":                    "the policy of a key in any state can be read",
	"ListKeyPolicies KMSInvalidStateException":                 "the policy of a key in any state can be read",
	"PutKeyPolicy KMSInvalidStateException":                    "the policy of a key in any state can be changed",
	"ListGrants KMSInvalidStateException":                      "the grants of a key in any state can be read",
	"RetireGrant KMSInvalidStateException":                     "a grant on a key in any state can go",
	"RevokeGrant KMSInvalidStateException":                     "a grant on a key in any state can go",
	"UntagResource TagException":                               "a tag key that no tag can have takes nothing away",
}

var answeredFault = regexp.MustCompile(`^([A-Za-z]+) \([45][0-9]{2}\): `)

// TestFaults wants each fault that the model gives an operation to be answered in a script, or to be in unscripted.
func TestFaults(t *testing.T) {
	t.Parallel()
	reached, used := scriptedFaults(t), map[string]bool{}
	for _, operation := range kms.Table().Operations {
		for _, code := range operation.Faults {
			name := operation.Name + " " + code
			if reached[name] {
				continue
			}
			if unscripted[name] == "" {
				name = "* " + code
			}
			if used[name] = true; unscripted[name] == "" {
				t.Errorf("no script answers %s of %s, and unscripted does not say why", code, operation.Name)
			}
		}
	}
	for name, reason := range unscripted {
		if !used[name] {
			t.Errorf("unscripted has %s, which a script answers or the model does not have", name)
		}
		if strings.HasPrefix(reason, "Test") && !slices.ContainsFunc(readAll(t, "*_test.go"), func(text string) bool { return strings.Contains(text, "func "+reason+"(") }) {
			t.Errorf("there is no test %s", reason)
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
