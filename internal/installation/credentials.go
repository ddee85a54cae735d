package installation

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
)

var profileName = regexp.MustCompile(`^[A-Za-z0-9_.@-]{1,64}$`)

// ValidProfile refuses names that would not stand between the brackets of the credentials file as they are.
func ValidProfile(name string) error {
	if !profileName.MatchString(name) {
		return fmt.Errorf("%q cannot name a profile: use 1 to 64 letters, digits, and _ . @ -", name)
	}
	return nil
}

// HasProfile says whether the credentials file names the profile already.
func (f Folder) HasProfile(name string) (bool, error) {
	body, err := f.credentials()
	for line := range bytes.Lines(body) {
		if string(bytes.TrimSpace(line)) == "["+name+"]" {
			return true, nil
		}
	}
	return false, err
}

func (f Folder) credentials() ([]byte, error) {
	body, err := os.ReadFile(f.Path("credentials"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return body, err
}

// AddProfile appends a profile to the credentials file and keeps every byte that was there. One of this name gets the key in its place.
func (f Folder) AddProfile(name, accessKeyID, secret string) error {
	body, err := f.credentials()
	if err != nil {
		return err
	}
	if replaced, found := withKey(body, name, accessKeyID, secret); found {
		return WriteFile(f.Path("credentials"), replaced)
	}
	if len(body) > 0 {
		body = append(bytes.TrimRight(body, "\n"), "\n\n"...)
	}
	body = fmt.Appendf(body, "[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n", name, accessKeyID, secret)
	return WriteFile(f.Path("credentials"), body)
}

// withKey has another key in the profile of the name, and every other line as it was.
func withKey(body []byte, name, accessKeyID, secret string) (changed []byte, found bool) {
	within := false
	for line := range bytes.Lines(body) {
		text := string(bytes.TrimSpace(line))
		member, _, _ := strings.Cut(text, "=")
		switch {
		case text == "["+name+"]":
			within, found = true, true
			changed = fmt.Appendf(changed, "%s\naws_access_key_id = %s\naws_secret_access_key = %s\n", text, accessKeyID, secret)
			continue
		case strings.HasPrefix(text, "["):
			within = false
		case within && slices.Contains([]string{"aws_access_key_id", "aws_secret_access_key"}, strings.TrimSpace(member)):
			continue
		}
		changed = append(changed, line...)
	}
	return changed, found
}

// Profile is one of the credentials file.
type Profile struct{ Name, ID, Secret string }

// Profiles are those of the credentials file, in its order; none if there is no file. Lines of any other kind are passed over.
func (f Folder) Profiles() ([]Profile, error) {
	body, err := f.credentials()
	var profiles []Profile
	for line := range bytes.Lines(body) {
		text := strings.TrimSpace(string(line))
		if strings.HasPrefix(text, "[") {
			profiles = append(profiles, Profile{Name: strings.Trim(text, "[]")})
			continue
		}
		name, value, _ := strings.Cut(text, "=")
		if len(profiles) == 0 {
			continue
		}
		last := &profiles[len(profiles)-1]
		switch strings.TrimSpace(name) {
		case "aws_access_key_id":
			last.ID = strings.TrimSpace(value)
		case "aws_secret_access_key":
			last.Secret = strings.TrimSpace(value)
		}
	}
	return profiles, err
}
