package rootkey

import (
	"path/filepath"
	"syscall"

	"slipher/internal/keys"
)

// fleeting are file systems that end with a start of the machine or with a container, by their numbers in statfs.
var fleeting = map[int64]string{0x01021994: "a tmpfs, which ends with the machine's next start", 0x858458f6: "a ramfs, which ends with the machine's next start", 0x794c7630: "the container's own disk, which ends with the container"}

// Place is the file that wraps the root key of a data folder; empty where a KMS does, or where the key lies in clear.
func Place(rootKeyFile string) string {
	file, _, err := keys.KeyFileOf(rootKeyFile)
	if err != nil {
		return ""
	}
	return file.Path
}

// Fleeting says what the file lies on where that does not last as long as the data; empty where it does.
func Fleeting(file, data string) string {
	of, its := fileSystem(filepath.Dir(file)), fileSystem(data)
	if of == its {
		return ""
	}
	return fleeting[of]
}

func fileSystem(dir string) int64 {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0
	}
	return int64(disk.Type) //nolint:unconvert // other systems have it shorter
}
