package doctor

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"

	"slipher/internal/accounts"
	"slipher/internal/installation"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/secretstore"
	"slipher/internal/vault/store"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/scope"
)

func (d *doctor) checkCredentials(ctx context.Context, store *meta.Store, ring *keys.Ring) {
	path := d.data.Path("credentials")
	profiles, err := d.data.Profiles()
	if err != nil {
		d.problem("credentials", "%v", err)
		return
	}
	directory := &accounts.Directory{Store: store, Sealer: ring, Now: d.Now}
	isDefault := func(p installation.Profile) bool { return p.Name == "default" }
	if !slices.ContainsFunc(profiles, isDefault) {
		d.problem("credentials", "%s has no profile default: restart slipher, which gives account %s a new access key", path, installation.FirstAccount)
	}
	for _, p := range profiles {
		key, err := directory.AccessKey(ctx, p.ID)
		switch {
		case err == nil && subtle.ConstantTimeCompare([]byte(key.Secret), []byte(p.Secret)) == 1:
			d.ok("credentials", "profile %s is of account %s", p.Name, key.Account)
		case err != nil && !errors.Is(err, accounts.ErrNotFound):
			d.problem("credentials", "profile %s: %v", p.Name, err)
		case isDefault(p):
			d.problem("credentials", "profile default in %s has an access key that this installation does not know: take the profile out and restart slipher, which writes a new one",
				path)
		default:
			d.warning("credentials", "profile %s in %s has an access key that this installation does not know: take it out, or make a new one with slipher account create --replace-key",
				p.Name, path)
		}
	}
}

// checkSecrets opens every value that Secrets Manager keeps.
func (d *doctor) checkSecrets(ctx context.Context, store *meta.Store, ring *keys.Ring) {
	found, err := secretstore.Inspect(ctx, store, ring)
	if err != nil {
		d.problem("secrets", "%v", err)
		return
	}
	for _, secret := range found.Damaged {
		d.problem("secrets", "%s does not open: end the management of its cluster's password with ManageMasterPassword=false and a MasterUserPassword, and begin it again", secret)
	}
	for _, secret := range found.Closed {
		d.warning("secrets", "%s cannot be opened, since its KMS key is disabled, waits for its deletion or was destroyed", secret)
	}
	if len(found.Damaged)+len(found.Closed) == 0 {
		d.ok("secrets", "%s, and every value opens", count(found.Secrets, "secret"))
	}
}

// checkClusters compares the clusters with their folders. A running slipher may make or remove one in between, so it looks twice before it complains.
func (d *doctor) checkClusters(ctx context.Context, store *meta.Store) {
	found, err := d.compareClusters(ctx, store)
	if err == nil && len(found.missing)+len(found.foreign) > 0 {
		found, err = d.compareClusters(ctx, store)
	}
	if err != nil {
		d.problem("clusters", "%v", err)
		return
	}
	for _, cluster := range found.missing {
		d.problem("clusters", "the data of cluster %s of account %s in %s is gone (%s): restore that folder from a copy, or delete the cluster and restore a snapshot",
			cluster.Identifier, cluster.Account, cluster.Region, d.data.Path("clusters", cluster.Key, "data"))
	}
	damaged := d.checkDatabases(found.known)
	for _, name := range found.foreign {
		d.warning("clusters", "no cluster has the folder %s: move it away if nothing in it is needed", d.data.Path("clusters", name))
	}
	statuses := map[string]int{}
	for _, cluster := range found.known {
		statuses[cluster.Status]++
		for _, snapshot := range cluster.Restoring {
			d.ok("restores", "the restore of snapshot %s into cluster %s is not finished; it goes on while slipher runs", snapshot, cluster.Identifier)
		}
	}
	switch {
	case len(found.known) == 0:
		d.ok("clusters", "there is none")
	case len(found.missing) == 0 && damaged == 0:
		d.ok("clusters", "%s, each with its data: %s", count(len(found.known), "cluster"), inWords(statuses))
	}
}

func inWords(statuses map[string]int) string {
	words := make([]string, 0, len(statuses))
	for _, status := range slices.Sorted(maps.Keys(statuses)) {
		words = append(words, fmt.Sprintf("%d %s", statuses[status], status))
	}
	return strings.Join(words, ", ")
}

type comparedClusters struct {
	known, missing []warehouse.KnownCluster
	foreign        []string
}

func (d *doctor) compareClusters(ctx context.Context, store *meta.Store) (found comparedClusters, err error) {
	folders, err := os.ReadDir(d.data.Path("clusters"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return found, err
	}
	if found.known, err = warehouse.KnownClusters(ctx, store); err != nil {
		return found, err
	}
	keyed := map[string]bool{}
	for _, cluster := range found.known {
		keyed[cluster.Key] = true
		if files, _ := os.ReadDir(d.data.Path("clusters", cluster.Key, "data")); cluster.HasData && len(files) == 0 {
			found.missing = append(found.missing, cluster)
		}
	}
	for _, folder := range folders {
		if !keyed[folder.Name()] {
			found.foreign = append(found.foreign, folder.Name())
		}
	}
	return found, nil
}

func (d *doctor) checkSnapshots(ctx context.Context, store *meta.Store, ring *keys.Ring) {
	stores := scope.Stores{}
	defer stores.Close()
	kept, err := scope.Places(ctx, store, d.data.SnapshotsURL())
	if err != nil {
		d.problem("snapshots", "%v", err)
		return
	}
	urls := d.storeURLs(kept)
	for _, region := range slices.Sorted(maps.Keys(urls)) {
		if !d.openStore(ctx, stores, region, urls[region]) {
			return
		}
	}
	found, err := (&scope.Scopes{Store: store, Keys: ring, Stores: stores}).Inspect(ctx)
	if err != nil {
		d.problem("snapshots", "%v", err)
		return
	}
	advice := "put the store's objects back from a copy; where snapshots are kept elsewhere, say --snapshots URL as for slipher serve"
	if at := kept[""]; at != "" && at != urls[""] {
		advice = "the installation keeps its snapshots in " + withoutOptions(at) + ", and not in the store that was looked at"
	}
	for _, lost := range found.Lost {
		d.problem("snapshots", "%s of account %s in %s: %s: %s", lost.What, lost.Account, lost.Region, lost.Damage, advice)
	}
	if len(found.Lost) == 0 {
		d.ok("snapshots", "%s in %s (%d MB): every manifest and pack is there and whole; to read the blocks as well: slipher snapshot verify --all --data %s",
			count(found.Snapshots, "snapshot"), count(found.Packs, "pack"), found.Bytes/1e6, d.data)
	}
	if found.Flawed > 0 {
		d.warning("snapshots", "%s missing or damaged: what they say is read from the packs themselves; slipher snapshot verify --all --data %s writes them anew",
			areOrIs(found.Flawed, "index object"), d.data)
	}
	if found.Garbage > 0 {
		d.ok("snapshots", "%s that no record knows; what belongs to this installation is removed by itself", count(found.Garbage, "stored snapshot"))
	}
}

// openStore adds a store that answers.
func (d *doctor) openStore(ctx context.Context, stores scope.Stores, region, location string) bool {
	bucket, err := store.OpenExisting(ctx, location, d.Now)
	if errors.Is(err, fs.ErrNotExist) && region == "" && d.Snapshots == "" {
		err = fmt.Errorf("%w: where snapshots are kept elsewhere, add --snapshots URL as for slipher serve", err)
	}
	if err == nil {
		stores[region] = bucket
		err = store.Reach(ctx, bucket, location)
	}
	if err != nil {
		d.problem("snapshot store", "%v", err)
		return false
	}
	d.ok("snapshot store", "%s answers", withoutOptions(location))
	return true
}

func withoutOptions(location string) string {
	parsed, err := url.Parse(location)
	if err != nil {
		return "it"
	}
	parsed.RawQuery = ""
	return parsed.Redacted()
}
