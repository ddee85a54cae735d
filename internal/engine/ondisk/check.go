package ondisk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrNoDatabase says that there is no database, and that nothing is lost by that.
var ErrNoDatabase = errors.New("there is no database yet")

// Check says whether the files of a database that nobody has open hold all that was noted: the error is a Damage where they do not, and
// ErrNoDatabase where there never was one. Files without a note, of a version that kept none, only have to be sound.
func Check(place Place) error {
	note, err := ReadNote(place.Note)
	noted := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	header, size, err := headerOf(place)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return missing(place, note, noted)
	case err != nil || !noted || note.Identity == (Identity{}):
		return err
	case header.Identity != note.Identity:
		return damage("the database file is another database's")
	case header.Iteration < note.Iteration:
		return damage("the database file is older than it was: it is of checkpoint %d, and checkpoint %d was made", header.Iteration, note.Iteration)
	case header.Iteration == note.Iteration && size < note.Size:
		return damage("the database file is cut off: it has %d bytes of %d", size, note.Size)
	}
	return checkLogs(place, header, note)
}

func missing(place Place, note Note, noted bool) error {
	if noted && note.Identity != (Identity{}) {
		return damage("the database file is missing")
	}
	for _, name := range logNames(place.Database) {
		if stat, err := os.Stat(place.seen(name)); err == nil && stat.Size() > 0 {
			return damage("the database file is missing, and its write-ahead log is there")
		}
	}
	return ErrNoDatabase
}

func logNames(database string) []string {
	return []string{LogName(database), CheckpointLogName(database)}
}

// checkLogs looks for the commits that no checkpoint has brought into the file.
func checkLogs(place Place, header Header, note Note) error {
	ends := map[uint64]int64{} // of the sound logs of an iteration
	all := int64(0)
	for _, name := range logNames(place.Database) {
		start, end, err := soundLog(place.seen(name))
		if err != nil {
			return err
		}
		if end > 0 && start.identity == header.Identity {
			ends[start.iteration] = max(end, ends[start.iteration])
			all = max(all, end)
		}
	}
	for i, log := range note.Logs {
		if log.Length == 0 || log.Iteration < header.Iteration {
			continue
		}
		if i > 0 && ends[log.Iteration] == 0 && all >= note.Logs[0].Length+log.Length-longestStart {
			continue // the engine has joined the two logs after a crash
		}
		if there := ends[log.Iteration]; there < log.Length {
			return damage("the write-ahead log has lost commits: %d bytes of it are whole, and %d were acknowledged", there, log.Length)
		}
	}
	return nil
}

// soundLog answers the end of the last commit before which everything is sound; 0 where there is none.
func soundLog(path string) (start logStart, end int64, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return start, 0, nil
	}
	if err != nil {
		return start, 0, fmt.Errorf("open the write-ahead log: %w", err)
	}
	defer file.Close()
	stat, err := file.Stat()
	if err != nil {
		return start, 0, fmt.Errorf("measure the write-ahead log: %w", err)
	}
	start, err = readStart(file)
	if errors.Is(err, errNoLog) {
		return start, 0, nil
	}
	if err != nil {
		return start, 0, err
	}
	end, err = follow(file, stat.Size(), start.length, true)
	return start, end, err
}
