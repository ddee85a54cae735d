package scram

import (
	"strings"
	"testing"

	xdg "github.com/xdg-go/scram"
)

// pencil is the verifier that PostgreSQL keeps for the password and salt of the example in RFC 7677.
const pencil = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

func TestVerifier(t *testing.T) {
	t.Parallel()
	v, err := ParseVerifier(pencil)
	if err != nil {
		t.Fatal(err)
	}
	if v.String() != pencil {
		t.Errorf("got %s, want %s", v, pencil)
	}
	if !accepts(t, v, "pencil") || accepts(t, v, "pen") {
		t.Error("the verifier of RFC 7677 does not tell right from wrong")
	}
	for _, password := range []string{"secret", "Ⅸ and ﬁ", "\u00adsoft hyphen", "tab\tand 🙂", "a, b=c"} {
		text, err := NewVerifier(password)
		if err != nil {
			t.Fatal(err)
		}
		v, err := ParseVerifier(text)
		if err != nil {
			t.Fatal(err)
		}
		if v.Iterations != 4096 || !accepts(t, v, password) || accepts(t, v, password+"x") {
			t.Errorf("the verifier of %q does not tell right from wrong", password)
		}
	}
	if _, err := NewVerifier(""); err == nil {
		t.Error("an empty password was taken")
	}
}

// accepts runs the whole exchange with a client that has this password.
func accepts(t *testing.T, v Verifier, password string) bool {
	t.Helper()
	client, err := xdg.SHA256.NewClient("", password, "")
	if err != nil { // as libpq does it
		client, _ = xdg.SHA256.NewClientUnprepped("", password, "")
	}
	server, err := xdg.SHA256.NewServer(func(string) (xdg.StoredCredentials, error) { return v.credentials(), nil })
	if err != nil {
		t.Fatal(err)
	}
	asks, answers := client.NewConversation(), server.NewConversation()
	message := ""
	for !asks.Done() {
		if message, err = asks.Step(message); err != nil || asks.Done() {
			break
		}
		if message, err = answers.Step(message); err != nil {
			break
		}
	}
	return asks.Valid() && answers.Valid()
}

func TestParseVerifierRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":        "",
		"plain_password": "secret",
		"md5":            "md5c5e478d59288c841aa530db6845c4c8d",
		"other_scheme":   strings.Replace(pencil, "256", "512", 1),
		"no_keys":        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==",
		"no_iterations":  strings.Replace(pencil, "4096", "0", 1),
		"bad_base64":     strings.Replace(pencil, "W22Z", "!!!!", 1),
		"short_key":      strings.Replace(pencil, "WG5d", "", 1),
		"no_salt":        strings.Replace(pencil, "W22ZaJ0SNY7soEsUEjb6gQ==", "", 1),
	} {
		if _, err := ParseVerifier(text); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestDecoy(t *testing.T) {
	t.Parallel()
	if first, again := Decoy("a").String(), Decoy("a").String(); first != again {
		t.Error("an unknown user's salt changes, which tells that there is no such user")
	}
	if string(Decoy("a").Salt) == string(Decoy("b").Salt) {
		t.Error("all unknown users have one salt, which tells that there are no such users")
	}
	proper, err := NewVerifier("secret")
	if err != nil {
		t.Fatal(err)
	}
	if len(Decoy("a").String()) != len(proper) {
		t.Errorf("a decoy %s looks different from %s", Decoy("a"), proper)
	}
}

func FuzzParseVerifier(f *testing.F) {
	f.Add(pencil)
	f.Add("SCRAM-SHA-256$1:$:")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseVerifier(text)
		if err != nil {
			return
		}
		if again, err := ParseVerifier(v.String()); err != nil || again.String() != v.String() {
			t.Errorf("%q does not come back: %v", text, err)
		}
	})
}
