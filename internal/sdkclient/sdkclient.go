// Package sdkclient is the HTTP client that slipher's own programs and tests give to the AWS SDK for Go.
package sdkclient

import (
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// New is the SDK's own HTTP client, as Wrap mends it.
func New() aws.HTTPClient {
	return Wrap(awshttp.NewBuildableClient())
}

// Wrap mends a race of the SDK's requests that a server on the same machine can win.
//
// The SDK closes a request's body as soon as the answer's head is there. net/http may then still ask that body whether anything is left, and the
// SDK's closed body answers WriteTo with io.EOF, where nil is right (io.WriterTo). net/http takes that for a failed write and closes the connection,
// and the caller, in the middle of the answer's body, gets "use of closed network connection". A body that is only read says the same with an EOF that
// net/http expects. See findings/smithy-go-closed-body-ends-the-answer.sh.
func Wrap(sdk aws.HTTPClient) aws.HTTPClient {
	return client{sdk}
}

type client struct{ sdk aws.HTTPClient }

// Do sends a request whose body can be read, and nothing else.
func (c client) Do(request *http.Request) (*http.Response, error) {
	if request.Body != nil && request.Body != http.NoBody {
		read := *request
		read.Body = struct{ io.ReadCloser }{request.Body}
		request = &read
	}
	return c.sdk.Do(request)
}
