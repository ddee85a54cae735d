package testbed

import (
	"context"

	"slipher/internal/compute"
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
	}, func(p compute.Progress) { report(vault.Progress(p)) })
	return saved, err
}

// CopyLimit is how many bytes a second the copy that began last may move now.
func (n *Nodes) CopyLimit() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return int64(n.copying.Limit())
}
