package accounts

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// draw answers random bytes.
func (d *Directory) draw(size int) ([]byte, error) {
	random := d.Random
	if random == nil {
		random = rand.Reader
	}
	drawn := make([]byte, size)
	if _, err := io.ReadFull(random, drawn); err != nil {
		return nil, fmt.Errorf("draw random bytes: %w", err)
	}
	return drawn, nil
}

// NewID draws a unique id as AWS forms it: the prefix of its kind and 17 of A–Z and 2–7 (IAM user guide, "Unique identifiers").
func (d *Directory) NewID(prefix string) (string, error) {
	drawn, err := d.draw(11)
	if err != nil {
		return "", err
	}
	return prefix + base32.StdEncoding.EncodeToString(drawn)[:17], nil
}

// newSecret draws the 240 bits of a secret access key.
func (d *Directory) newSecret() (string, error) {
	drawn, err := d.draw(30)
	return base64.StdEncoding.EncodeToString(drawn), err
}

const temporaryPrefix = "ASIA"

// temporaryID draws the id of a temporary access key. Nothing is stored of such keys, so their id holds the account, in the first half.
func (d *Directory) temporaryID(account string) (string, error) {
	number, err := strconv.ParseUint(account, 10, 64)
	if err != nil {
		return "", fmt.Errorf("account %q: %w", account, err)
	}
	drawn, err := d.draw(5)
	if err != nil {
		return "", err
	}
	id := binary.BigEndian.AppendUint64(nil, number)[3:]
	return temporaryPrefix + base32.StdEncoding.EncodeToString(append(id, drawn...)), nil
}

// accountOf reads the account in the id of a temporary access key.
func accountOf(keyID string) (account string, ok bool) {
	encoded, temporary := strings.CutPrefix(keyID, temporaryPrefix)
	id, err := base32.StdEncoding.DecodeString(encoded)
	if !temporary || err != nil || len(id) != 10 {
		return "", false
	}
	account = fmt.Sprintf("%012d", binary.BigEndian.Uint64(append(make([]byte, 3), id[:5]...)))
	return account, validAccountID(account)
}
