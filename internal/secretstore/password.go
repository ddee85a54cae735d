package secretstore

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"
	"strings"
)

// The kinds of characters that passwords are made of.
const (
	Lower       = "abcdefghijklmnopqrstuvwxyz"
	Upper       = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	Digits      = "0123456789"
	Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

// UsualLength is that of a password of which no length is said.
const UsualLength = 32

// Without leaves the excluded characters out.
func Without(characters, excluded string) string {
	return strings.Map(func(character rune) rune {
		if strings.ContainsRune(excluded, character) {
			return -1
		}
		return character
	}, characters)
}

// Password makes a password of 32 letters, digits and marks, at least one of each kind, without the excluded ones.
func (s *Safe) Password(excluded string) (string, error) {
	kinds := make([]string, 0, 4)
	for _, kind := range []string{Lower, Upper, Digits, Punctuation} {
		kinds = append(kinds, Without(kind, excluded))
	}
	return s.Draw(UsualLength, strings.Join(kinds, ""), kinds)
}

// Draw makes a password: it draws one character of each kind and the rest of all, and puts them into a random order.
func (s *Safe) Draw(length int, all string, kinds []string) (string, error) {
	drawn := make([]byte, 0, length)
	for _, kind := range kinds {
		one, err := randomText(s.config.Random, kind, 1)
		if err != nil {
			return "", err
		}
		drawn = append(drawn, one...)
	}
	rest, err := randomText(s.config.Random, all, length-len(drawn))
	if err != nil {
		return "", err
	}
	return shuffled(s.config.Random, append(drawn, rest...))
}

// randomText draws characters, each as likely as any other.
func randomText(random io.Reader, characters string, length int) (string, error) {
	text := make([]byte, length)
	for i := range text {
		at, err := below(random, len(characters))
		if err != nil {
			return "", err
		}
		text[i] = characters[at]
	}
	return string(text), nil
}

func shuffled(random io.Reader, text []byte) (string, error) {
	for last := len(text) - 1; last > 0; last-- {
		at, err := below(random, last+1)
		if err != nil {
			return "", err
		}
		text[at], text[last] = text[last], text[at]
	}
	return string(text), nil
}

func below(random io.Reader, limit int) (int, error) {
	drawn, err := rand.Int(random, big.NewInt(int64(limit)))
	if err != nil {
		return 0, fmt.Errorf("draw random characters: %w", err)
	}
	return int(drawn.Int64()), nil
}
