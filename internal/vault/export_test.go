package vault

import (
	"context"
	"slices"
)

// Garbage names what the scope holds beside the manifests of the ids and the packs and indexes that these need.
func (v Vault) Garbage(ctx context.Context, ids []string) ([]string, error) {
	s, err := v.open()
	if err != nil {
		return nil, err
	}
	known, err := s.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	var needed []string
	for _, id := range ids {
		manifest, err := s.manifest(ctx, id)
		if err != nil {
			return nil, err
		}
		needed = append(needed, s.manifestKey(s.keys.manifestName(id)))
		for _, file := range manifest.Files {
			for _, block := range file.Blocks {
				at, err := known.find(block)
				if err != nil {
					return nil, err
				}
				pack := known.packs[at.pack].id
				needed = append(needed, s.packKey(pack), s.indexKey(pack))
			}
		}
	}
	objects, err := s.List(ctx, s.scope+"/")
	if err != nil {
		return nil, err
	}
	var garbage []string
	for _, object := range objects {
		if !slices.Contains(needed, object.Key) {
			garbage = append(garbage, object.Key)
		}
	}
	return garbage, nil
}
