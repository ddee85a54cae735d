package warehouse

import (
	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// NewCluster is a cluster as it is asked for, with settings that were checked.
type NewCluster struct {
	Surroundings
	Identifier     string
	Settings       state.Settings
	KmsKey         string // by ARN, id or alias; empty is the account's own
	Verifier       string // of the admin password, where that is not managed
	ManagePassword bool
	SecretKey      string // of the secret of a managed password; empty is the account's own
}

// Surroundings are the names of what a new cluster is put into. Empty are the defaults, and no schedule.
type Surroundings struct{ SubnetGroup, ParameterGroup, Schedule string }

// CreateCluster accepts a new cluster of the caller's; its node comes up afterwards.
func (w *Warehouse) CreateCluster(tx *meta.Tx, caller api.Caller, wanted NewCluster) (record state.ClusterRecord, err error) {
	record = state.ClusterRecord{Key: state.ClusterKey(caller, wanted.Identifier), Body: state.Cluster{
		Key: w.config.NewID(), Status: state.Creating, Created: w.Clock.Now(), Settings: wanted.Settings,
	}}
	record.Body.Verifier = wanted.Verifier
	if record.Body.KmsKey, err = w.encryptionKey(tx, caller, wanted.KmsKey); err != nil {
		return record, err
	}
	if wanted.ManagePassword {
		kmsKey, err := w.secretKey(tx, caller, wanted.SecretKey)
		if err != nil {
			return record, err
		}
		if err := w.managePassword(tx, &record, record.ID, kmsKey); err != nil {
			return record, err
		}
	}
	return w.insertInto(tx, caller, record, wanted.Surroundings)
}

// insertInto keeps a new cluster once it is in its surroundings.
func (w *Warehouse) insertInto(tx *meta.Tx, caller api.Caller, record state.ClusterRecord, into Surroundings) (_ state.ClusterRecord, err error) {
	if record.Body.SubnetGroup, err = state.SubnetGroupFor(tx, caller.Account, caller.Region, into.SubnetGroup); err != nil {
		return record, err
	}
	if err := record.Body.Parameters.StartWith(tx, caller, into.ParameterGroup); err != nil {
		return record, err
	}
	if err := w.scheduleNew(tx, &record, into.Schedule); err != nil {
		return record, err
	}
	return w.insertCluster(tx, record)
}
