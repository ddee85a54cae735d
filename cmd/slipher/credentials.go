package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
)

var profileName = regexp.MustCompile(`^[A-Za-z0-9_.@-]{1,64}$`)

func validProfile(name string) error {
	if !profileName.MatchString(name) {
		return fmt.Errorf("%q cannot name a profile: use 1 to 64 letters, digits, and _ . @ -", name)
	}
	return nil
}

// hasProfile says whether the credentials file names the profile already.
func (f folder) hasProfile(name string) (bool, error) {
	body, err := f.credentials()
	for line := range bytes.Lines(body) {
		if string(bytes.TrimSpace(line)) == "["+name+"]" {
			return true, nil
		}
	}
	return false, err
}

func (f folder) credentials() ([]byte, error) {
	body, err := os.ReadFile(f.path("credentials"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return body, err
}

// addProfile appends a profile to the credentials file and keeps every byte that was there.
func (f folder) addProfile(name, accessKeyID, secret string) error {
	body, err := f.credentials()
	if err != nil {
		return err
	}
	if len(body) > 0 {
		body = append(bytes.TrimRight(body, "\n"), "\n\n"...)
	}
	body = fmt.Appendf(body, "[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n", name, accessKeyID, secret)
	return writeFile(f.path("credentials"), body)
}
