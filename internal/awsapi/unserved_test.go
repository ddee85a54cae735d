package awsapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	awskms "github.com/aws/aws-sdk-go-v2/service/kms"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/encoding/cbor"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/api/redshift"
	"slipher/internal/sdkclient"
)

// Clients of services that are not served read why, each in its protocol. They are AWS's own, unmodified.
func TestSDKsReadThatAServiceIsNotOffered(t *testing.T) {
	t.Parallel()
	d := openDoor(t, nil, realClock)
	key := credentials.NewStaticCredentialsProvider(keyOf(owner).ID, keyOf(owner).Secret, "")
	url := aws.String(d.URL)
	s3 := awss3.New(awss3.Options{Region: "eu-west-1", BaseEndpoint: url, RetryMaxAttempts: 1, HTTPClient: sdkclient.New(), Credentials: key, UsePathStyle: true})
	for name, call := range map[string]struct {
		code string
		call func(context.Context) error
	}{
		"json": {"UnsupportedOperationException", func(ctx context.Context) error {
			_, err := kmsClient(d, owner).ListKeys(ctx, &awskms.ListKeysInput{})
			return err
		}},
		"query": {"UnsupportedOperation", func(ctx context.Context) error {
			_, err := awsiam.New(awsiam.Options{Region: "us-east-1", BaseEndpoint: url, RetryMaxAttempts: 1, HTTPClient: sdkclient.New(), Credentials: key}).ListUsers(ctx, &awsiam.ListUsersInput{})
			return err
		}},
		"rest_xml": {"UnsupportedOperation", func(ctx context.Context) error {
			_, err := s3.ListBuckets(ctx, &awss3.ListBucketsInput{})
			return err
		}},
		"rest_xml_with_a_path": {"UnsupportedOperation", func(ctx context.Context) error {
			_, err := s3.PutObject(ctx, &awss3.PutObjectInput{Bucket: aws.String("b"), Key: aws.String("k"), Body: strings.NewReader("x")})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var said smithy.APIError
			err := call.call(t.Context())
			if !errors.As(err, &said) || said.ErrorCode() != call.code || !strings.Contains(said.ErrorMessage(), "slipher does not offer the service") {
				t.Errorf("got %v, want %s", err, call.code)
			}
		})
	}
}

func TestUnservedProtocols(t *testing.T) {
	t.Parallel()
	d := openDoor(t, nil)
	target := []string{"X-Amz-Target", "DynamoDB_20120810.ListTables"}
	for name, c := range map[string]struct {
		service, method, path, content string
		header                         []string
		answered                       string
	}{
		"json_1_0":  {"dynamodb", "POST", "/", "application/x-amz-json-1.0", target, "application/x-amz-json-1.0"},
		"json_1_1":  {"ecs", "POST", "/", "application/x-amz-json-1.1", target, "application/x-amz-json-1.1"},
		"rest_json": {"eks", "GET", "/clusters", "", nil, "application/json"},
		"cbor":      {"monitoring", "POST", "/service/Logs/operation/ListMetrics", "application/cbor", []string{"Smithy-Protocol", "rpc-v2-cbor"}, "application/cbor"},
		"query":     {"sns", "POST", "/", formType, nil, "text/xml"},
		"ec2":       {"ec2", "POST", "/", formType, nil, "text/xml"},
		"rest_xml":  {"route53", "GET", "/2013-04-01/hostedzone", "", nil, "text/xml"},
		"s3":        {"s3", "DELETE", "/bucket/key", "", nil, "text/xml"},
		"s3control": {"s3", "GET", "/v20180820/accesspoint", "", nil, "text/xml"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := d.request(t, c.method, c.path, "")
			if c.content != "" {
				r.Header.Set("Content-Type", c.content)
			}
			for i := 0; i+1 < len(c.header); i += 2 {
				r.Header.Set(c.header[i], c.header[i+1])
			}
			signFor(t, r, owner, c.service, "")
			response, body := d.exchange(t, r)
			if response.StatusCode != http.StatusBadRequest || response.Header.Get("Content-Type") != c.answered || !strings.Contains(body, "does not offer the service") {
				t.Errorf("got %d %v %s", response.StatusCode, response.Header, body)
			}
			switch {
			case name == "cbor":
				value, err := cbor.Decode([]byte(body))
				if fault, ok := value.(cbor.Map); err != nil || !ok || fault["__type"] != cbor.String("UnsupportedOperationException") || response.Header.Get("Smithy-Protocol") != "rpc-v2-cbor" {
					t.Errorf("got %v, %v, %v", value, err, response.Header)
				}
			case strings.Contains(c.answered, "json"):
				var fault struct {
					Type string `json:"__type"`
				}
				if err := json.Unmarshal([]byte(body), &fault); err != nil || fault.Type != "UnsupportedOperationException" || response.Header.Get("X-Amzn-ErrorType") != fault.Type {
					t.Errorf("got %v, %v, %v", body, err, response.Header)
				}
			}
		})
	}
}

func (d door) exchange(t *testing.T, r *http.Request) (*http.Response, string) {
	t.Helper()
	response, err := d.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// Whoever is refused before its service is known reads it in the protocol that it speaks.
func TestUnsignedJSONIsRefusedInJSON(t *testing.T) {
	t.Parallel()
	d := openDoor(t, nil, withKMS())
	for _, target := range []string{"TrentService.ListKeys", "DynamoDB_20120810.ListTables"} {
		r := d.request(t, http.MethodPost, "/", "{}")
		r.Header.Set("Content-Type", jsonContentType)
		r.Header.Set("X-Amz-Target", target)
		response, body := d.exchange(t, r)
		if response.Header.Get("X-Amzn-ErrorType") != "MissingAuthenticationTokenException" || !strings.Contains(body, `"__type":"MissingAuthenticationTokenException"`) {
			t.Errorf("%s: got %v %s", target, response.Header, body)
		}
	}
}

// An operation that slipher knows by name only is not offered; a misspelt one does not exist.
func TestOperationsThatAreNotOffered(t *testing.T) {
	t.Parallel()
	d := openDoor(t, nil, withKMS())
	form := "Action=%s&Version=2011-06-15"
	expectRefusal(t, d.post(t, owner, "sts", strings.Replace(form, "%s", "GetFederationToken", 1)), 400, "UnsupportedOperation", "does not offer GetFederationToken yet")
	expectRefusal(t, d.post(t, owner, "sts", strings.Replace(form, "%s", "GetFederationTokn", 1)), 400, "InvalidAction", "did you mean GetFederationToken?")
	for operation, code := range map[string]string{"CreateCustomKeyStore": "UnsupportedOperationException", "CreateKy": "UnknownOperationException"} {
		r := d.request(t, http.MethodPost, "/", "{}")
		r.Header.Set("Content-Type", jsonContentType)
		r.Header.Set("X-Amz-Target", "TrentService."+operation)
		signFor(t, r, owner, "kms", "{}")
		if response, body := d.exchange(t, r); response.Header.Get("X-Amzn-ErrorType") != code {
			t.Errorf("%s: got %v %s", operation, response.Header, body)
		}
	}
}

// A newer client sends parameters that the model does not know yet: they are passed over, and the operator's log names them.
func TestUnknownParametersArePassedOver(t *testing.T) {
	t.Parallel()
	var described *redshift.DescribeClustersMessage
	var created *kms.CreateKeyRequest
	d := openDoor(t, []api.Operation{redshift.DescribeClustersOperation.Bind(saw(&described, &redshift.ClustersMessage{}))},
		withKMS(kms.CreateKeyOperation.Bind(saw(&created, &kms.CreateKeyResponse{}))))
	if a := d.post(t, owner, "redshift", describeForm+"&Wavelength=5&TagKey.TagKey.1=k"); a.status != 200 || described.ClusterIdentifier != "c" {
		t.Errorf("got %d %s", a.status, a.text)
	}
	const body = `{"Description":"d","Polcy":"x","Tags":[{"TagKey":"a","TagValue":"b","Colour":{"Hue":1}}]}`
	r := d.request(t, http.MethodPost, "/", body)
	r.Header.Set("Content-Type", jsonContentType)
	r.Header.Set("X-Amz-Target", "TrentService.CreateKey")
	signFor(t, r, owner, "kms", body)
	if response, text := d.exchange(t, r); response.StatusCode != http.StatusOK || created.Description != "d" || len(created.Tags) != 1 {
		t.Errorf("got %d %s", response.StatusCode, text)
	}
	d.Close() // the log is complete once every request has ended
	for _, noted := range []string{"Wavelength", "TagKey (did you mean TagKeys?)", "Polcy (did you mean Policy?)", "Tags[0].Colour"} {
		if !strings.Contains(d.log.String(), noted) {
			t.Errorf("the log does not name %s: %s", noted, d.log)
		}
	}
}

// Clients look up a tag's value without asking whether there is one.
func TestSDKReadsEmptyTagValues(t *testing.T) {
	t.Parallel()
	answer := &kms.ListResourceTagsResponse{Tags: []kms.Tag{{TagKey: "k"}}}
	d := openDoor(t, nil, realClock, withKMS(kms.ListResourceTagsOperation.Bind(saw(new(*kms.ListResourceTagsRequest), answer))))
	out, err := kmsClient(d, owner).ListResourceTags(t.Context(), &awskms.ListResourceTagsInput{KeyId: aws.String("k")})
	if err != nil || len(out.Tags) != 1 || out.Tags[0].TagValue == nil || *out.Tags[0].TagValue != "" {
		t.Errorf("got %+v, %v", out, err)
	}
}
