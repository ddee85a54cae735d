package ondisk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// Place says where a database's files are.
type Place struct {
	Dir      string // the data directory
	View     string // where the files are seen while they are restored, if not empty
	Database string
	Note     string // the file of the note, outside of Dir
}

func (p Place) seen(name string) string {
	if p.View != "" {
		return filepath.Join(p.View, name)
	}
	return filepath.Join(p.Dir, name)
}

// Keeper notes what is committed. It does not make a note durable by itself: the system writes it out in its time, and until then
// it is older than the files, which is no damage. A process that is killed loses nothing of it.
type Keeper struct {
	place Place

	mu   sync.Mutex // guards what follows
	file *os.File
	// A write would change the file's times, and each commit's wait for the disk would have to bring them along.
	content []byte
	turn    uint64
	note    Note
	logs    [2]followedLog
	next    bool // a checkpoint is under way, so there may be a second log
}

// followedLog is a log as far as its commits are noted.
type followedLog struct {
	file       *os.File
	start, end int64 // of its commits
}

// Keep begins to note what the open database holds.
func Keep(place Place) (*Keeper, error) {
	k := &Keeper{place: place}
	_, turn, err := readNote(place.Note)
	if _, damaged := IsDamage(err); err != nil && !damaged && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	k.turn = turn + 1
	if err := k.look(); err != nil {
		return nil, err
	}
	if k.file, err = openNote(place.Note); err != nil {
		return nil, err
	}
	if k.file == nil {
		if k.file, err = makeNote(place.Note, k.note, k.turn); err != nil {
			return nil, fmt.Errorf("note what is committed: %w", err)
		}
	}
	if k.content, err = syscall.Mmap(int(k.file.Fd()), 0, 2*slotBytes, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED); err != nil {
		return nil, errors.Join(fmt.Errorf("note what is committed: %w", err), k.file.Close())
	}
	k.write()
	return k, k.file.Sync()
}

// Committed notes what the logs hold now. It belongs between a commit and telling anybody of it.
func (k *Keeper) Committed() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	changed, err := k.followLogs()
	if changed {
		k.write()
	}
	return err
}

// Checkpointing notes that a checkpoint begins.
func (k *Keeper) Checkpointing() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.next = true
}

// Checkpointed notes what the files hold after a checkpoint, or after one that the engine refused.
func (k *Keeper) Checkpointed() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.next = false
	if err := k.look(); err != nil {
		return err
	}
	k.write()
	return nil
}

// Close notes what the closed database holds. The engine must have closed its files before.
func (k *Keeper) Close() error {
	err := k.Checkpointed()
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range k.logs {
		k.logs[i].close()
	}
	return errors.Join(err, syscall.Munmap(k.content), k.file.Sync(), k.file.Close())
}

func (k *Keeper) write() {
	k.turn++
	copy(k.content[slotOf(k.turn):], k.note.encode(k.turn))
}

// look reads all that a note is made of.
func (k *Keeper) look() error {
	header, size, err := headerOf(k.place)
	if err != nil {
		return err
	}
	k.note.Identity, k.note.Iteration, k.note.Size = header.Identity, header.Iteration, size
	for i := range k.logs {
		k.logs[i].close()
		k.note.Logs[i] = LogNote{}
	}
	_, err = k.followLogs()
	return err
}

func headerOf(place Place) (header Header, size int64, err error) {
	file, err := os.Open(place.seen(FileName(place.Database)))
	if err != nil {
		return header, 0, fmt.Errorf("open the database file: %w", err)
	}
	defer file.Close()
	stat, err := file.Stat()
	if err != nil {
		return header, 0, fmt.Errorf("measure the database file: %w", err)
	}
	header, err = ReadHeader(file, stat.Size())
	return header, stat.Size(), err
}

func (k *Keeper) followLogs() (changed bool, err error) {
	names := []string{LogName(k.place.Database), CheckpointLogName(k.place.Database)}
	if !k.next {
		names = names[:1]
	}
	for i, name := range names {
		moved, err := k.followLog(i, filepath.Join(k.place.Dir, name))
		if err != nil {
			return changed, err
		}
		changed = changed || moved
	}
	return changed, nil
}

// followLog goes on where it ended the last time. A log that was removed since is of a checkpoint that has ended.
func (k *Keeper) followLog(which int, path string) (moved bool, err error) {
	log, noted := &k.logs[which], &k.note.Logs[which]
	size, there, err := log.size()
	if err != nil {
		return false, err
	}
	if !there {
		log.close()
		start, found, err := log.open(path)
		if err != nil || !found {
			return false, err
		}
		*noted = LogNote{Iteration: start.iteration}
		if size, _, err = log.size(); err != nil {
			return false, err
		}
	}
	if size < log.end {
		log.end = log.start // a commit that failed was taken back
	}
	if log.end, err = follow(log.file, size, log.end, false); err != nil {
		return false, err
	}
	length := log.end
	if length == log.start {
		length = 0 // nothing is lost with a log that has no commit
	}
	moved, noted.Length = length != noted.Length, length
	return moved, nil
}

func (l *followedLog) size() (bytes int64, there bool, err error) {
	if l.file == nil {
		return 0, false, nil
	}
	var stat syscall.Stat_t
	if err := syscall.Fstat(int(l.file.Fd()), &stat); err != nil {
		return 0, false, fmt.Errorf("measure the write-ahead log: %w", err)
	}
	return stat.Size, stat.Nlink > 0, nil
}

// open finds no log where there is none, or only the beginning of one.
func (l *followedLog) open(path string) (start logStart, found bool, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return start, false, nil
	}
	if err != nil {
		return start, false, fmt.Errorf("open the write-ahead log: %w", err)
	}
	start, err = readStart(file)
	if err != nil {
		_ = file.Close()
		if errors.Is(err, errNoLog) {
			err = nil
		}
		return start, false, err
	}
	l.file, l.start, l.end = file, start.length, start.length
	return start, true, nil
}

func (l *followedLog) close() {
	if l.file != nil {
		_ = l.file.Close() // it was only read
	}
	*l = followedLog{}
}
