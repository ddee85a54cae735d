// Package event is what happened to clusters, snapshots and other things: events are emitted in the transaction of what they tell of, and kept for 14 days.
//
// It promises that an event has a kind, which is a line of Redshift's table of events or slipher's own. It knows nobody who reads them.
package event

import (
	"fmt"
	"strings"
	"time"

	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// Event is what DescribeEvents answers. Its id orders it by time.
type Event struct {
	Source     string // identifier of the cluster or snapshot
	SourceType string
	Number     string // of REDSHIFT-EVENT-
	Category   string
	Severity   string
	Message    string
	Date       time.Time
}

// Events are found by what they happened to, or by its type alone.
var Events = meta.Records[Event]{Kind: "event", Index: func(e Event) []meta.Entry {
	return []meta.Entry{FromSource(e.SourceType, e.Source), OfSourceType(e.SourceType)}
}}

// FromSource finds the events of one source. Upper and lower case are the same source, as they are the same cluster and the same snapshot.
func FromSource(kind, id string) meta.Entry {
	return meta.Entry{Name: "source", Value: kind + "/" + strings.ToLower(id)}
}

// OfSourceType finds the events of all clusters, of all snapshots, and so on.
func OfSourceType(kind string) meta.Entry { return meta.Entry{Name: "source type", Value: kind} }

// The source types of DescribeEvents, and how long events are kept there.
const (
	ClusterSource         = "cluster"
	SnapshotSource        = "cluster-snapshot"
	ParameterGroupSource  = "cluster-parameter-group"
	SecurityGroupSource   = "cluster-security-group"
	ScheduledActionSource = "scheduled-action"
	Kept                  = 14 * 24 * time.Hour
)

// Log keeps events for as long as they can be asked for.
type Log struct{ Clock *state.Clock }

// Emit records an event of a cluster. The message's verbs are filled with the cluster's name and the time.
func (l *Log) Emit(tx *meta.Tx, record state.ClusterRecord, kind Kind, format string, more ...any) error {
	return l.EmitOf(tx, record.Key, kind, format, more...)
}

// EmitOfSnapshot records an event of a snapshot. The message's verbs are filled with its name, the cluster's name and the time.
func (l *Log) EmitOfSnapshot(tx *meta.Tx, record state.SnapshotRecord, kind Kind, format string) error {
	message := fmt.Sprintf(format, record.Body.Identifier, record.Body.ClusterIdentifier, l.Minute())
	return l.Insert(tx, record.Key, kind, Event{Source: record.Body.Identifier, Message: message})
}

// EmitOf records an event of what has a key. The message's verbs are filled with its name and the time.
func (l *Log) EmitOf(tx *meta.Tx, at meta.Key, kind Kind, format string, more ...any) error {
	message := fmt.Sprintf(format, append([]any{at.ID, l.Minute()}, more...)...)
	return l.Insert(tx, at, kind, Event{Source: at.ID, Message: message})
}

// Minute is the time as messages have it.
func (l *Log) Minute() string { return l.Clock.Now().Format("2006-01-02 15:04") + " UTC" }

// Insert records an event of a kind, with its source and message, and forgets those of the place that are too old.
func (l *Log) Insert(tx *meta.Tx, at meta.Key, kind Kind, happened Event) error {
	happened.SourceType, happened.Number, happened.Category, happened.Severity = kind.Source, kind.Number, kind.Category, kind.Severity
	at.ID = l.Clock.OrderedID()
	happened.Date = l.Clock.Now()
	if _, err := Events.Insert(tx, at, happened); err != nil {
		return err
	}
	return l.forgetOld(tx, at)
}

// forgetOld removes a few at a time: with every new event it catches up by one.
func (l *Log) forgetOld(tx *meta.Tx, at meta.Key) error {
	oldest, err := Events.List(tx, meta.Query{Account: at.Account, Region: at.Region, Limit: 2})
	if err != nil {
		return err
	}
	for _, old := range oldest {
		if l.Clock.Now().Sub(old.Body.Date) <= Kept {
			break
		}
		if err := Events.Delete(tx, old.Key); err != nil {
			return err
		}
	}
	return nil
}
