package installation

import (
	"os"
	"strings"
	"testing"
)

func TestCredentials(t *testing.T) {
	t.Parallel()
	f := Folder(t.TempDir())
	for _, profile := range []string{"default", "consumer"} {
		if has, err := f.HasProfile(profile); has || err != nil {
			t.Fatalf("before it was added, %s: got %t, %v", profile, has, err)
		}
		if err := f.AddProfile(profile, "AKIA"+strings.ToUpper(profile), "secret-of-"+profile); err != nil {
			t.Fatal(err)
		}
		if has, err := f.HasProfile(profile); !has || err != nil {
			t.Fatalf("after it was added, %s: got %t, %v", profile, has, err)
		}
	}
	body, err := os.ReadFile(f.Path("credentials"))
	if err != nil {
		t.Fatal(err)
	}
	want := "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = secret-of-default\n" +
		"\n[consumer]\naws_access_key_id = AKIACONSUMER\naws_secret_access_key = secret-of-consumer\n"
	if string(body) != want {
		t.Errorf("got\n%s\nwant\n%s", body, want)
	}
	if mode := stat(t, f.Path("credentials")); mode != 0o600 {
		t.Errorf("the credentials' mode is %o, want 600", mode)
	}
	for _, name := range []string{"", "two words", "x]\n[default", strings.Repeat("x", 65)} {
		if ValidProfile(name) == nil {
			t.Errorf("profile name %q was taken", name)
		}
	}
}

func TestProfileIsReplacedInPlace(t *testing.T) {
	t.Parallel()
	f := Folder(t.TempDir())
	const before = "# ours\n[a]\naws_access_key_id = OLD\nregion = eu-west-1\naws_secret_access_key=old\n\n[b]\naws_access_key_id = B\n"
	if err := WriteFile(f.Path("credentials"), []byte(before)); err != nil {
		t.Fatal(err)
	}
	if err := f.AddProfile("a", "NEW", "new"); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(f.Path("credentials"))
	const want = "# ours\n[a]\naws_access_key_id = NEW\naws_secret_access_key = new\nregion = eu-west-1\n\n[b]\naws_access_key_id = B\n"
	if err != nil || string(after) != want {
		t.Errorf("got %q, %v, want %q", after, err, want)
	}
}

func TestNobodyRuns(t *testing.T) {
	t.Parallel()
	if _, err := Folder(t.TempDir()).Running(); err == nil || !strings.Contains(err.Error(), "slipher serve --data") {
		t.Errorf("got %v, want a hint at slipher serve", err)
	}
}

func stat(t *testing.T, path string) os.FileMode {
	t.Helper()
	file, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return file.Mode().Perm()
}
