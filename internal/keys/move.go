package keys

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
)

// MoveRootKey has the root key wrapped by another keeper, or, where to is nil, lie in its file in clear. The key itself stays: everything that it has sealed
// opens as before. The config opens the ring as it is now, and no ring may be open meanwhile.
func MoveRootKey(ctx context.Context, config Config, to Keeper) error {
	r := &Ring{config: config}
	if err := r.moveRootKey(ctx, to); err != nil {
		return fmt.Errorf("move the root key: %w", err)
	}
	return nil
}

func (r *Ring) moveRootKey(ctx context.Context, to Keeper) error {
	check, known, err := r.rootCheck(ctx)
	if err != nil {
		return err
	}
	if !known {
		return errors.New("there is none yet: slipher has not finished its first start")
	}
	key, err := r.rootKey(ctx, known)
	if err != nil {
		return err
	}
	if err := r.useRoot(key, check); err != nil {
		return err
	}
	text := hex.EncodeToString(key)
	if to != nil {
		if text, err = wrapRootKey(ctx, to, key); err != nil {
			return err
		}
	}
	return writeRootKey(r.config.RootKeyFile, text)
}
