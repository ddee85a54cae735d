package doctor

import (
	"errors"

	"slipher/internal/engine/ondisk"
	"slipher/internal/meta"
	"slipher/internal/warehouse"
)

// checkDatabases names the clusters whose databases have lost something that was committed: what a running slipher has found, and of a stopped one what
// the files say.
func (d *doctor) checkDatabases(known []warehouse.KnownCluster) (damaged int) {
	running, err := meta.Held(d.data.Path("meta.db"))
	for _, cluster := range known {
		what := ""
		switch {
		case cluster.Damaged:
			what = "slipher found it damaged when it opened it"
		case err == nil && !running && cluster.HasData && len(cluster.Restoring) == 0:
			what = d.damageOf(cluster)
		}
		if what != "" {
			damaged++
			d.problem("databases", "the database of cluster %s of account %s in %s is damaged (%s): restore the newest good snapshot to a new cluster, or go on with what is left of it by "+
				"slipher cluster accept %s --account %s --region %s --data %s", cluster.Identifier, cluster.Account, cluster.Region, what, cluster.Identifier, cluster.Account, cluster.Region, d.data)
		}
	}
	return damaged
}

func (d *doctor) damageOf(cluster warehouse.KnownCluster) string {
	err := ondisk.Check(d.data.Database(cluster.Key, cluster.Database))
	what, _ := ondisk.IsDamage(err)
	switch {
	case errors.Is(err, ondisk.ErrNoDatabase):
		return "the database file is missing"
	case err != nil && what == "":
		return err.Error()
	}
	return what
}
