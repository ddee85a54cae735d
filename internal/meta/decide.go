package meta

import "context"

// Decide is Update for a decision that answers something.
func Decide[T any](ctx context.Context, store *Store, decide func(tx *Tx) (T, error)) (decided T, err error) {
	return answer(ctx, store.Update, decide)
}

// Read is View for what answers something.
func Read[T any](ctx context.Context, store *Store, read func(tx *Tx) (T, error)) (found T, err error) {
	return answer(ctx, store.View, read)
}

func answer[T any](ctx context.Context, run func(context.Context, func(*Tx) error) error, ask func(tx *Tx) (T, error)) (answered T, err error) {
	err = run(ctx, func(tx *Tx) (err error) {
		answered, err = ask(tx)
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return answered, nil
}
