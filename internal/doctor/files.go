package doctor

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"os"

	"slipher/internal/installation"
)

// checkFolder answers false when there is nothing to look at.
func (d *doctor) checkFolder() bool {
	info, err := os.Stat(string(d.data))
	switch {
	case err != nil:
		d.problem("data folder", "%v: is it the right one? slipher serve --data %s makes a new installation there", err, d.data)
		return false
	case !info.IsDir():
		d.problem("data folder", "%s is no folder", d.data)
		return false
	case barred(string(d.data)) || barred(d.data.Path("meta.db")):
		d.problem("data folder", "this user may not read %s: run slipher doctor as the user of slipher serve", d.data)
		return false
	case info.Mode().Perm()&0o022 != 0:
		d.problem("data folder", "others may write into %s (mode %04o): chmod 700 it", d.data, info.Mode().Perm())
	default:
		d.ok("data folder", "%s is there, and nobody else may write into it", d.data)
	}
	return true
}

func barred(path string) bool {
	file, err := os.Open(path)
	if err == nil {
		file.Close()
	}
	return errors.Is(err, fs.ErrPermission)
}

// private are the files that only their owner may read, and the folders that nobody else may enter. What must be there has a check of its own.
func (d *doctor) private() []string {
	f := d.data
	return []string{
		f.Path("credentials"), f.Path("keys"), f.Path("keys", "root.key"), f.Path("meta.db"), f.Path("meta.db-wal"), f.Path("meta.db-shm"),
		f.Path("meta.db.lock"), f.Path("tls"), f.Path("tls", "server.key"), f.Path("clusters"), f.Path("serve.json"),
	}
}

func (d *doctor) checkModes() {
	sound := true
	for _, path := range d.private() {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			sound = false
			d.problem("modes", "%v", err)
			continue
		}
		if info.Mode().Perm()&0o077 != 0 {
			sound = false
			wanted := 0o600
			if info.IsDir() {
				wanted = 0o700
			}
			d.problem("modes", "%s is open to others (mode %04o): chmod %o it", path, info.Mode().Perm(), wanted)
		}
	}
	if sound {
		d.ok("modes", "credentials, keys, metadata, certificates and clusters are closed to others")
	}
}

func (d *doctor) checkCertificate() {
	if err := d.data.CheckAuthority(); err != nil {
		d.problem("certificate", "%v", err)
	}
	certificate, key := d.data.Path("tls", "server.crt"), d.data.Path("tls", "server.key")
	if _, err := os.Stat(certificate); errors.Is(err, fs.ErrNotExist) {
		d.warning("certificate", "%s is missing: the next start makes another, and clients must trust its ca.crt anew", certificate)
		return
	}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if damage := d.data.CheckCertificate(); damage != nil {
		err = damage
	}
	switch {
	case err != nil:
		d.problem("certificate", "%v: restart slipher, which makes another by the same authority", err)
	case d.Now().After(pair.Leaf.NotAfter):
		d.problem("certificate", "%s ended on %s: move %s away and restart slipher", certificate, pair.Leaf.NotAfter.Format("2006-01-02"), d.data.Path("tls"))
	default:
		d.ok("certificate", "the SQL endpoints' certificate is good until %s", pair.Leaf.NotAfter.Format("2006-01-02"))
	}
}

// Below one of these a cluster or a snapshot may soon fail to write.
const (
	leastSpace = 1 << 30
	leastShare = 10 // percent
)

func (d *doctor) checkSpace() {
	free, size, err := d.data.Space()
	if err != nil {
		d.problem("disk", "%v", err)
		return
	}
	percent := 100 * free / max(size, 1)
	if free < installation.FullBelow {
		d.problem("disk", "%d MB are free on the disk of %s: it is full. Delete snapshots or tables that are not needed, or move the folder to a larger disk", free/1e6, d.data)
		return
	}
	if free < leastSpace || percent < leastShare {
		d.warning("disk", "%d MB (%d %%) are free on the disk of %s: delete what is not needed, or move the folder to a larger disk", free/1e6, percent, d.data)
		return
	}
	d.ok("disk", "%d MB (%d %%) are free", free/1e6, percent)
}
