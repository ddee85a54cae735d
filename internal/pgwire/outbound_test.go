package pgwire

import (
	"errors"
	"io"
	"testing"
)

// A row that the protocol has no number for is refused, and nothing of it is sent.
func TestRowsAreBounded(t *testing.T) {
	t.Parallel()
	out := outbound{conn: io.Discard}
	huge := func(dst []byte, _ any) ([]byte, error) { return make([]byte, len(dst)+maxRow), nil } // never written to, so it takes no memory
	err := out.row([]any{1}, []encoder{huge})
	if refused, ok := errors.AsType[*Error](err); !ok || refused.Code != "54000" {
		t.Errorf("got %v", err)
	}
	if len(out.buf) != 0 {
		t.Errorf("%d bytes of it wait to be sent", len(out.buf))
	}
}
