package state

import (
	"errors"
	"time"

	"slipher/internal/meta"
)

// Logging is how a cluster's logs are delivered. It is kept under the cluster's key, so that it outlives a rename and, for what is not delivered yet, the
// cluster.
type Logging struct {
	Cluster string // identifier, as it was when something was delivered last
	Bucket  string
	Prefix  string   `json:",omitempty"`
	Exports []string `json:",omitempty"` // empty is all
	Ending  bool     `json:",omitempty"` // nothing that is recorded from now on is delivered

	Delivered int64     // the last record that was
	Sending   *Sending  `json:",omitempty"` // what is being delivered
	Stamp     time.Time // of the last delivery's objects
	Due       time.Time // of the next delivery

	Success, Failure time.Time `json:",omitzero"`
	FailureMessage   string    `json:",omitempty"`
	Told             string    `json:",omitempty"` // the number of the event that tells why deliveries fail; empty when they do not
}

// Sending is decided before anything is written, so that whoever goes on after a crash writes the same objects.
type Sending struct {
	Upto  int64
	Stamp time.Time // in the objects' names
}

// LoggingRecord is kept under the key of its cluster, which a rename does not change.
type LoggingRecord = meta.Record[Logging]

// Loggings has a record of each cluster whose logging was turned on at some time.
var Loggings = meta.Records[Logging]{Kind: "logging"}

func loggingKey(of ClusterRecord) meta.Key {
	return meta.Key{Account: of.Account, Region: of.Region, ID: of.Body.Key}
}

// FindLogging answers the cluster's record, or an empty one that PutLogging can insert when it is not known.
func FindLogging(tx *meta.Tx, cluster ClusterRecord) (record LoggingRecord, known bool, err error) {
	record, err = Loggings.Find(tx, loggingKey(cluster))
	if errors.Is(err, meta.ErrNotFound) {
		return LoggingRecord{Key: loggingKey(cluster)}, false, nil
	}
	return record, err == nil, err
}

// PutLogging stores what FindLogging answered, told whether it was known then.
func PutLogging(tx *meta.Tx, record LoggingRecord, known bool) error {
	if known {
		return Loggings.Put(tx, record)
	}
	_, err := Loggings.Insert(tx, record.Key, record.Body)
	return err
}
