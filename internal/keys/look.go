package keys

import (
	"context"
	"errors"
	"fmt"
)

// Look is Open for one who changes nothing: where there is no root key yet, it makes none.
func Look(ctx context.Context, config Config) (*Ring, error) {
	_, known, err := (&Ring{config: config}).rootCheck(ctx)
	if err == nil && !known {
		err = errors.New("nothing was ever sealed: slipher has not finished its first start")
	}
	if err != nil {
		return nil, fmt.Errorf("open the keyring: %w", err)
	}
	return openRing(ctx, config)
}
