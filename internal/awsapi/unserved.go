package awsapi

import (
	"mime"
	"net/http"
	"regexp"
	"strings"

	"github.com/aws/smithy-go/encoding/cbor"

	"slipher/internal/api"
)

// serviceForm is that of the names in signatures.
var serviceForm = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// unserved stands for a service that is not among ours, so that its clients can read the refusal. A request that names no service is
// taken for one to the JSON service that its target names, else to the first of ours.
func (s *server) unserved(r *http.Request, name string) *service {
	first := s.services[s.config.Services[0].Name]
	prefix, _, targeted := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	for _, ours := range s.services {
		if name == "" && targeted && prefix == ours.Target {
			return ours
		}
	}
	switch {
	case serviceForm.MatchString(name):
		return &service{Service: api.Service{Name: name}, protocol: spoken(r, name)}
	case targeted:
		return &service{Service: api.Service{Name: first.Name}, protocol: spoken(r, name)}
	}
	return first
}

// spoken is the protocol of a request to a service whose model is not here.
func spoken(r *http.Request, service string) protocol {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Header.Get("Smithy-Protocol") == smithyCBOR:
		return cborProtocol{}
	case r.Header.Get("X-Amz-Target") != "" && kind == "application/x-amz-json-1.0":
		return unservedJSON{jsonProtocol{kind}}
	case r.Header.Get("X-Amz-Target") != "":
		return unservedJSON{jsonProtocol{jsonContentType}}
	case (service == "s3" || service == "s3express") && !strings.HasPrefix(r.URL.Path, s3Control):
		return s3Protocol{}
	case service == "ec2":
		return ec2Protocol{}
	case service == "s3", service == "s3-outposts", service == "route53", service == "cloudfront",
		kind == "application/x-www-form-urlencoded", r.URL.Query().Has("Action"):
		return queryProtocol{} // whose refusals those of REST with XML are
	}
	return unservedJSON{jsonProtocol{"application/json"}}
}

// s3Control is where the paths of S3's other interface begin, which signs by the same name.
const s3Control = "/v20180820/"

// unservedJSON is JSON with a target of any prefix, or with a path in its place.
type unservedJSON struct{ jsonProtocol }

func (unservedJSON) named(x *exchange) (string, error) {
	_, name, _ := strings.Cut(x.request.Header.Get("X-Amz-Target"), ".")
	return name, nil
}

// s3Protocol has refusals without an envelope.
type s3Protocol struct{ queryProtocol }

func (s3Protocol) refusal(x *exchange) []byte {
	var w writer
	w.open("Error")
	w.leaf("Code", x.fault.Code)
	w.leaf("Message", x.fault.Message)
	w.leaf("RequestId", x.caller.RequestID)
	w.close("Error")
	return w.Bytes()
}

// ec2Protocol has an envelope of its own.
type ec2Protocol struct{ queryProtocol }

func (ec2Protocol) refusal(x *exchange) []byte {
	var w writer
	w.open("Response")
	w.open("Errors")
	w.open("Error")
	w.leaf("Code", x.fault.Code)
	w.leaf("Message", x.fault.Message)
	w.close("Error")
	w.close("Errors")
	w.leaf("RequestID", x.caller.RequestID)
	w.close("Response")
	return w.Bytes()
}

// cborProtocol is JSON's faults in CBOR.
type cborProtocol struct{ unservedJSON }

const smithyCBOR = "rpc-v2-cbor"

func (cborProtocol) head(_ *exchange, header http.Header) {
	header.Set("Content-Type", "application/cbor")
	header.Set("Smithy-Protocol", smithyCBOR)
}

func (cborProtocol) named(x *exchange) (string, error) {
	_, name, _ := strings.Cut(x.request.URL.Path, "/operation/")
	return name, nil
}

func (cborProtocol) refusal(x *exchange) []byte {
	return cbor.Encode(cbor.Map{"__type": cbor.String(x.fault.Code), "message": cbor.String(x.fault.Message)})
}
