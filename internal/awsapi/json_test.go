package awsapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awskms "github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/google/go-cmp/cmp"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/sdkclient"
)

// withKMS adds the service to a door.
func withKMS(operations ...api.Operation) func(*Config) {
	return func(c *Config) { c.Services = append(c.Services, offering(kms.Table(), operations...)) }
}

// Every operation of the model: any input comes out of its JSON as it went in, and so does any output.
func TestEveryJSONOperationRoundTrips(t *testing.T) {
	t.Parallel()
	for _, operation := range offeringAll(kms.Table()).Operations {
		t.Run(operation.Name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(8) {
				chance := rand.New(rand.NewPCG(seed, 1))
				output, err := operation.Call(t.Context(), api.Caller{}, operation.NewInput())
				if err != nil {
					t.Fatal(err)
				}
				for _, want := range []any{operation.NewInput(), output} {
					fill(chance, "", reflect.ValueOf(want).Elem())
					body, err := json.Marshal(plain(reflect.ValueOf(want)))
					if err != nil {
						t.Fatal(err)
					}
					for writer, body := range map[string][]byte{"client": body, "door": EncodeJSON(want)} {
						got := reflect.New(reflect.TypeOf(want).Elem()).Interface()
						if unknown, err := DecodeJSON(operation.Name, body, got); err != nil || unknown != nil {
							t.Fatalf("%v, passed over %v\nfrom the %s: %s", err, unknown, writer, body)
						}
						if diff := cmp.Diff(want, got); diff != "" {
							t.Fatalf("changed on its way from the %s (-want +got):\n%s\n%s", writer, diff, body)
						}
					}
				}
			}
		})
	}
}

// plain is what encoding/json makes the client's side of: written on its own from the rules of the protocol.
func plain(v reflect.Value) any {
	if v.Kind() == reflect.Pointer {
		return plain(v.Elem())
	}
	switch value := v.Interface().(type) {
	case time.Time:
		return float64(value.UnixMilli()) / 1000
	case []byte:
		return value
	}
	switch v.Kind() {
	case reflect.Struct:
		members := map[string]any{}
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("wire"), ",")
			members[name] = plain(v.Field(i))
		}
		return members
	case reflect.Slice:
		items := []any{}
		for i := range v.Len() {
			items = append(items, plain(v.Index(i)))
		}
		return items
	}
	return v.Interface()
}

func TestRefusedJSON(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ operation, body, code, says string }{
		"not_json":             {"CreateKey", `{"Policy":`, "MalformedQueryString", "not a JSON object"},
		"a_list":               {"CreateKey", `[]`, "MalformedQueryString", "not a JSON object"},
		"two_objects":          {"CreateKey", `{} {}`, "MalformedQueryString", "more than one"},
		"missing_member":       {"DescribeKey", `{}`, "MissingParameter", "DescribeKey requires the parameter KeyId"},
		"null_member":          {"DescribeKey", `{"KeyId":null}`, "MissingParameter", "KeyId"},
		"missing_below":        {"CreateKey", `{"Tags":[{"TagKey":"a"}]}`, "MissingParameter", "Tags[0].TagValue"},
		"number_for_a_string":  {"DescribeKey", `{"KeyId":7}`, "InvalidParameterValue", "KeyId must be a string"},
		"string_for_a_number":  {"ListKeys", `{"Limit":"7"}`, "InvalidParameterValue", "Limit must be a number"},
		"fraction":             {"ListKeys", `{"Limit":7.5}`, "InvalidParameterValue", "whole number"},
		"string_for_a_boolean": {"CreateKey", `{"MultiRegion":"true"}`, "InvalidParameterValue", "MultiRegion must be true or false"},
		"object_for_a_list":    {"CreateKey", `{"Tags":{}}`, "InvalidParameterValue", "Tags must be a list"},
		"string_for_an_object": {"CreateKey", `{"Tags":["a"]}`, "InvalidParameterValue", "Tags[0] must be an object"},
		"null_item":            {"CreateKey", `{"Tags":[null]}`, "InvalidParameterValue", "Tags[0] must be a value"},
		"not_of_the_enum":      {"CreateKey", `{"KeyUsage":"PAINT"}`, "InvalidParameterValue", "ENCRYPT_DECRYPT"},
		"not_base64":           {"Decrypt", `{"CiphertextBlob":"%"}`, "InvalidParameterValue", "base64"},
		"map_of_numbers":       {"Decrypt", `{"CiphertextBlob":"","EncryptionContext":{"a":1}}`, "InvalidParameterValue", "EncryptionContext.a must be a string"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var fault *api.Fault
			for _, operation := range kms.Table().Operations {
				if operation.Name == c.operation {
					_, err := DecodeJSON(c.operation, []byte(c.body), operation.NewInput())
					errors.As(err, &fault)
				}
			}
			if fault == nil || fault.Code != c.code || !strings.Contains(fault.Message, c.says) {
				t.Errorf("got %v, want %s … %s", fault, c.code, c.says)
			}
		})
	}
}

func kmsClient(d door, account string) *awskms.Client {
	key := keyOf(account)
	return awskms.New(awskms.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(d.URL), RetryMaxAttempts: 1, HTTPClient: sdkclient.New(),
		Credentials: credentials.NewStaticCredentialsProvider(key.ID, key.Secret, ""),
	})
}

// The client is AWS's own, unmodified.
func TestSDKSpeaksJSON(t *testing.T) {
	t.Parallel()
	var create *kms.CreateKeyRequest
	var encrypt *kms.EncryptRequest
	made := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	d := openDoor(t, nil, realClock, withKMS(
		kms.CreateKeyOperation.Bind(saw(&create, &kms.CreateKeyResponse{KeyMetadata: &kms.KeyMetadata{KeyId: "k", CreationDate: made, Enabled: new(false)}})),
		kms.EncryptOperation.Bind(saw(&encrypt, &kms.EncryptResponse{CiphertextBlob: []byte{0, 255}})),
		kms.DescribeKeyOperation.Bind(func(context.Context, api.Caller, *kms.DescribeKeyRequest) (*kms.DescribeKeyResponse, error) {
			return nil, kms.NotFound("there is no such key")
		}),
		kms.CreateAliasOperation.Bind(func(context.Context, api.Caller, *kms.CreateAliasRequest) (*api.None, error) { return &api.None{}, nil }),
		kms.ListKeysOperation.Bind(func(context.Context, api.Caller, *kms.ListKeysRequest) (*kms.ListKeysResponse, error) {
			return nil, errors.New("the disk is full")
		}),
	))
	client, ctx := kmsClient(d, owner), t.Context()

	created, err := client.CreateKey(ctx, &awskms.CreateKeyInput{
		Policy: aws.String("{\n}"), MultiRegion: aws.Bool(false), Tags: []types.Tag{{TagKey: aws.String("a"), TagValue: aws.String("<&>")}},
	})
	expectInput(t, err, create, &kms.CreateKeyRequest{Policy: "{\n}", MultiRegion: new(false), Tags: []kms.Tag{{TagKey: "a", TagValue: "<&>"}}})
	if got := created.KeyMetadata; *got.KeyId != "k" || !got.CreationDate.Equal(made) || got.Enabled || got.Arn != nil {
		t.Errorf("got %+v", got)
	}
	sealed, err := client.Encrypt(ctx, &awskms.EncryptInput{KeyId: aws.String("k"), Plaintext: []byte("p"), EncryptionContext: map[string]string{"a": "b"}})
	expectInput(t, err, encrypt, &kms.EncryptRequest{KeyId: "k", Plaintext: []byte("p"), EncryptionContext: map[string]string{"a": "b"}})
	if string(sealed.CiphertextBlob) != "\x00\xff" {
		t.Errorf("got %x", sealed.CiphertextBlob)
	}
	if _, err := client.CreateAlias(ctx, &awskms.CreateAliasInput{AliasName: aws.String("alias/a"), TargetKeyId: aws.String("k")}); err != nil {
		t.Error(err)
	}

	_, err = client.DescribeKey(ctx, &awskms.DescribeKeyInput{KeyId: aws.String("k")})
	if missing, ok := errors.AsType[*types.NotFoundException](err); !ok || missing.ErrorMessage() != "there is no such key" {
		t.Errorf("got %v", err)
	}
	_, err = client.ListAliases(ctx, &awskms.ListAliasesInput{})
	expectCode(t, err, "UnsupportedOperationException", "ListAliases")
	_, err = client.ListKeys(ctx, &awskms.ListKeysInput{})
	expectCode(t, err, "InternalFailure", "request-1")
}

func expectCode(t *testing.T, err error, code, says string) {
	t.Helper()
	refused, ok := errors.AsType[interface {
		error
		ErrorCode() string
		ErrorMessage() string
	}](err)
	if !ok || refused.ErrorCode() != code || !strings.Contains(refused.ErrorMessage(), says) {
		t.Errorf("got %v, want %s … %s", err, code, says)
	}
}

func TestRefusedJSONRequests(t *testing.T) {
	t.Parallel()
	d := openDoor(t, describing, withKMS())
	for name, c := range map[string]struct {
		change func(r *http.Request)
		code   string
	}{
		"get":                   {func(r *http.Request) { r.Method = http.MethodGet }, "UnknownOperationException"},
		"a_form":                {func(r *http.Request) { r.Header.Set("Content-Type", formType) }, "SerializationException"},
		"no_target":             {func(r *http.Request) { r.Header.Del("X-Amz-Target") }, "UnknownOperationException"},
		"a_target_of_redshift":  {func(r *http.Request) { r.Header.Set("X-Amz-Target", "RedshiftData.ListKeys") }, "UnknownOperationException"},
		"an_unknown_access_key": {nil, "UnrecognizedClientException"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := d.request(t, http.MethodPost, "/", "{}")
			r.Header.Set("Content-Type", jsonContentType)
			r.Header.Set("X-Amz-Target", "TrentService.ListKeys")
			account := "333333333333"
			if c.change != nil {
				c.change(r)
				account = owner
			}
			signFor(t, r, account, "kms", "{}")
			response, err := d.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			text, _ := io.ReadAll(response.Body)
			var refusal struct {
				Type    string `json:"__type"`
				Message string `json:"message"`
			}
			if err := json.Unmarshal(text, &refusal); err != nil || refusal.Type != c.code || refusal.Message == "" {
				t.Errorf("got %s, want %s", text, c.code)
			}
			if response.StatusCode != http.StatusBadRequest || response.Header.Get("Content-Type") != jsonContentType {
				t.Errorf("got %d, %s", response.StatusCode, response.Header.Get("Content-Type"))
			}
		})
	}
}
