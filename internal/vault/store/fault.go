package store

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/aws/smithy-go"
	"gocloud.dev/gcerrors"
	"google.golang.org/api/googleapi"
)

// lasting says that trying again would bring the same error.
func lasting(err error) bool {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return true
	}
	status, code := answered(err)
	if status >= 400 && status < 500 {
		// Each of these says that the request did not arrive as it was sent, or not now.
		passing := []string{"RequestTimeout", "IncompleteBody", "BadDigest", "XAmzContentSHA256Mismatch", "OperationAborted"}
		return status != http.StatusRequestTimeout && status != http.StatusTooEarly && status != http.StatusTooManyRequests &&
			!slices.Contains(passing, code)
	}
	switch gcerrors.Code(err) {
	case gcerrors.NotFound, gcerrors.PermissionDenied, gcerrors.InvalidArgument, gcerrors.Unimplemented, gcerrors.FailedPrecondition:
		return true
	default:
		return false
	}
}

// answered is the HTTP status and the store's own word for it; nothing when no answer came.
func answered(err error) (status int, code string) {
	var response interface{ HTTPStatusCode() int }
	if errors.As(err, &response) {
		status = response.HTTPStatusCode()
	}
	if amazon, ok := errors.AsType[smithy.APIError](err); ok {
		code = amazon.ErrorCode()
	}
	if azure, ok := errors.AsType[*azcore.ResponseError](err); ok {
		status, code = azure.StatusCode, azure.ErrorCode
	}
	if google, ok := errors.AsType[*googleapi.Error](err); ok {
		status = google.Code
		if len(google.Errors) > 0 {
			code = google.Errors[0].Reason
		}
	}
	return status, code
}

func bucketMissing(err error) bool {
	_, code := answered(err)
	return code == "NoSuchBucket" || code == "ContainerNotFound"
}

var errBrokenOff = errors.New("the connection broke off")

// told makes an error fit to be passed on. A connection that was closed must not pass for the end of an object, which would
// count as damage; and what signs a request is part of some stores' addresses, and nobody's business in a message.
func told(err error) error {
	text := ""
	if failed, ok := errors.AsType[*url.Error](err); ok {
		if _, query, found := strings.Cut(failed.URL, "?"); found {
			text = strings.ReplaceAll(err.Error(), query, "…")
		}
	}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %s", errBrokenOff, cmp.Or(text, err.Error()))
	case text != "":
		return unsigned{err, text}
	default:
		return err
	}
}

// unsigned is an error that reads differently.
type unsigned struct {
	error
	text string
}

func (u unsigned) Error() string { return u.text }
func (u unsigned) Unwrap() error { return u.error }
