// Package ondisk reads the engine's files as they lie on the disk, without the engine: whether the database's headers, its blocks and its
// write-ahead log are sound, and whether they still hold what a note outside their folder says was committed. It promises to tell the torn
// end that a crash leaves in a log from the loss of what was acknowledged. It changes no database but to accept damage or to put back what an
// interrupted checkpoint has left half written, and knows nothing of what is in one.
package ondisk

import (
	"errors"
	"fmt"
)

// Damage is what a database's files lack of what was committed to them.
type Damage struct{ What string }

func (d *Damage) Error() string { return d.What }

func damage(format string, args ...any) error { return &Damage{fmt.Sprintf(format, args...)} }

// IsDamage says what is damaged, if that is what err is about.
func IsDamage(err error) (what string, is bool) {
	found, is := errors.AsType[*Damage](err)
	if !is {
		return "", false
	}
	return found.What, true
}

// FileName is the name of a database's file within the data directory; LogName is that of its write-ahead log.
func FileName(database string) string { return database + ".duckdb" }

// LogName is the name of a database's write-ahead log. While the engine checkpoints, what is committed goes to CheckpointLogName.
func LogName(database string) string { return FileName(database) + ".wal" }

// CheckpointLogName is the name of the log that takes the place of the other one when a checkpoint has ended.
func CheckpointLogName(database string) string { return LogName(database) + ".checkpoint" }

// RecoveryLogName is the name of the log in which the engine joins the two after a crash in the middle of a checkpoint.
func RecoveryLogName(database string) string { return LogName(database) + ".recovery" }
