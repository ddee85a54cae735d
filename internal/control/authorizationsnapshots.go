package control

import (
	"errors"

	"slipher/internal/api/redshift"
	"slipher/internal/meta"
)

// snapshotMembers are the members of an input that name a snapshot. A member without a name is not there.
type snapshotMembers struct{ identifier, cluster, arn, owner string }

var (
	sharedSnapshot   = snapshotMembers{identifier: "SnapshotIdentifier", cluster: "SnapshotClusterIdentifier", arn: "SnapshotArn"}
	restoredSnapshot = snapshotMembers{identifier: "SnapshotIdentifier", cluster: "SnapshotClusterIdentifier", arn: "SnapshotArn", owner: "OwnerAccount"}
)

// onSnapshot asks for the snapshot that the members name.
func onSnapshot(members snapshotMembers) need {
	return func(a *asking) error {
		located, ok := a.locate(members)
		if !ok { // the operation refuses it, once the policies allow as much
			a.ask(a.action, a.text(members.arn), "", nil)
			return nil
		}
		return a.snapshot(a.action, located)
	}
}

// locate is not ok for an ARN that is none of a provisioned cluster's snapshot.
func (a *asking) locate(members snapshotMembers) (located locator, ok bool) {
	identifier, arn := a.text(members.identifier), a.text(members.arn)
	if identifier == "" && arn != "" {
		located, err := locateARN(arn)
		return located, err == nil && !located.serverless
	}
	return locator{owner: or(a.text(members.owner), a.caller.Account), region: a.caller.Region, cluster: a.text(members.cluster), identifier: identifier}, true
}

// snapshot asks for a snapshot by its ARN, which has the name of its cluster. Where the request does not tell that, it is looked up, or * where
// the caller has no such snapshot: so a policy about one cluster's snapshots refuses what is another cluster's and what is not there alike.
func (a *asking) snapshot(action string, located locator) error {
	named := located.arn()
	found, known, err := a.find(located)
	if err != nil || !known {
		a.ask(action, named, "", nil)
		return err
	}
	var tags []redshift.Tag
	if found.Account == a.caller.Account { // the owner's tags are its own
		tags = found.Body.Tags
	}
	a.ask(action, snapshotARN(found.Account, found.Region, found.Body.ClusterIdentifier, found.Body.Identifier), named, tags)
	return nil
}

// find answers a snapshot that the caller's account owns or may restore.
func (a *asking) find(located locator) (record snapshotRecord, known bool, err error) {
	record, err = located.find(a.tx, a.caller.Region)
	if errors.Is(err, meta.ErrNotFound) {
		return record, false, nil
	}
	return record, err == nil && (record.Account == a.caller.Account || record.Body.sharedWith(a.caller.Account)), err
}

func createSnapshot(a *asking) error {
	a.create(a.here("snapshot", or(a.text("ClusterIdentifier"), "*")+"/"+or(a.text("SnapshotIdentifier"), "*")))
	return nil
}

// copySnapshot asks for both: the guide says that copying needs the source and the target.
func copySnapshot(a *asking) error {
	source, _ := a.locate(snapshotMembers{identifier: "SourceSnapshotIdentifier", cluster: "SourceSnapshotClusterIdentifier"})
	if err := a.snapshot(a.action, source); err != nil {
		return err
	}
	target := locator{owner: source.owner, region: source.region, cluster: source.cluster, identifier: a.text("TargetSnapshotIdentifier")}
	named := target.arn()
	found, known, err := a.find(source)
	if known {
		target.cluster = found.Body.ClusterIdentifier
	}
	a.ask(a.action, target.arn(), named, nil)
	return err
}

func deleteBatch(a *asking) error {
	return a.batch(a.member("Identifiers").([]redshift.DeleteClusterSnapshotMessage))
}

func modifyBatch(a *asking) error {
	var all []redshift.DeleteClusterSnapshotMessage
	for _, identifier := range a.texts("SnapshotIdentifierList") {
		all = append(all, redshift.DeleteClusterSnapshotMessage{SnapshotIdentifier: identifier})
	}
	return a.batch(all)
}

// batch asks for each snapshot. Of more than there may be the operation takes none.
func (a *asking) batch(all []redshift.DeleteClusterSnapshotMessage) error {
	if len(all) == 0 {
		all = append(all, redshift.DeleteClusterSnapshotMessage{})
	}
	for _, one := range all[:min(len(all), snapshotsAtOnce)] {
		located := locator{owner: a.caller.Account, region: a.caller.Region, cluster: one.SnapshotClusterIdentifier, identifier: one.SnapshotIdentifier}
		if err := a.snapshot(a.action, located); err != nil {
			return err
		}
	}
	return nil
}
