package testbed

import (
	"context"
	"net/url"
	"path/filepath"

	"slipher/internal/nodeapi"
	"slipher/internal/vault"
)

// Copy is the vault's own, and a call that can be held and failed like those of the nodes. What is stored is counted in whole blocks.
func (n *Nodes) Copy(ctx context.Context, into, from vault.Vault, request vault.CopyRequest) (saved vault.Saved, err error) {
	began, report := n.now(), request.Progress
	request.Progress = nil
	n.mu.Lock()
	n.copying = into.Limiter
	n.mu.Unlock()
	err = n.transfer(ctx, "copy", "", 0, func(ctx context.Context, held func(total int64) error) error {
		manifest, err := from.Manifest(ctx, request.Source)
		if err != nil {
			return err
		}
		if err := held(manifest.TotalBytes()); err != nil {
			return err
		}
		saved, err = into.Copy(ctx, from, request)
		saved.StoredBytes, saved.Seconds = int64(saved.NewBlocks)*blockBytes, n.now().Sub(began).Seconds()
		return err
	}, func(p nodeapi.Progress) { report(vault.Progress(p)) })
	return saved, err
}

// StoredPath is where a file that Stored lists lies.
func (b *Bed) StoredPath(name string) string { return filepath.Join(b.snapshots(), name) }

// StoreFolder is where the snapshot store of Config.StoreOf lies.
func (b *Bed) StoreFolder() string { return filepath.Join(b.dir, "snapshots-"+b.config.StoreOf) }

func (b *Bed) storesOfRegions() map[string]string {
	if b.config.StoreOf == "" {
		return nil
	}
	return map[string]string{b.config.StoreOf: folderURL(b.StoreFolder())}
}

func folderURL(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }

// SetStoreOf has the next start give another region a snapshot store of its own, or none.
func (b *Bed) SetStoreOf(region string) { b.config.StoreOf = region }

// CopyLimit is how many bytes a second the copy that began last may move now.
func (n *Nodes) CopyLimit() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return int64(n.copying.Limit())
}
