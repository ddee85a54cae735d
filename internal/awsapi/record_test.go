package awsapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"slipher/internal/api"
	apiiam "slipher/internal/api/iam"
	"slipher/internal/api/redshift"
	"slipher/internal/api/sts"
	"slipher/internal/audit"
	"slipher/internal/policy"
)

// recorded are the calls of testdata/audit, each with its record.
var recorded = []api.Operation{
	redshift.DescribeClustersOperation.Bind(describe),
	redshift.CreateClusterOperation.Bind(func(context.Context, api.Caller, *redshift.CreateClusterMessage) (*redshift.CreateClusterResult, error) {
		return &redshift.CreateClusterResult{Cluster: &redshift.Cluster{
			ClusterIdentifier: "sales", NumberOfNodes: 2, ClusterCreateTime: noon, Tags: []redshift.Tag{{Key: "team", Value: "sales"}},
			PendingModifiedValues: &redshift.PendingModifiedValues{MasterUserPassword: "Topsecret1"},
		}}, nil
	}),
	ofOwner(redshift.DeleteClusterOperation.Bind(func(context.Context, api.Caller, *redshift.DeleteClusterMessage) (*redshift.DeleteClusterResult, error) {
		return nil, redshift.ClusterNotFound("Cluster sales not found.")
	}), func(input any) string { return input.(*redshift.DeleteClusterMessage).ClusterIdentifier }),
	redshift.GetClusterCredentialsOperation.Bind(func(context.Context, api.Caller, *redshift.GetClusterCredentialsMessage) (*redshift.ClusterCredentials, error) {
		return &redshift.ClusterCredentials{DbUser: "IAM:ann", DbPassword: "Topsecret2", Expiration: noon}, nil
	}),
	redshift.DeleteTagsOperation.Bind(func(context.Context, api.Caller, *redshift.DeleteTagsMessage) (*api.None, error) {
		return &api.None{}, nil
	}),
	redshift.DescribeEventsOperation.Bind(func(context.Context, api.Caller, *redshift.DescribeEventsMessage) (*redshift.EventsMessage, error) {
		panic("a bug")
	}),
	redshift.DescribeTagsOperation.Bind(func(context.Context, api.Caller, *redshift.DescribeTagsMessage) (*redshift.TaggedResourceListMessage, error) {
		return nil, errors.New("the disk of /srv/slipher is broken")
	}),
	restoring(),
}

// restoring refuses in words that do not say what is missing.
func restoring() api.Operation {
	operation := ofOwner(redshift.RestoreFromClusterSnapshotOperation.Bind(
		func(context.Context, api.Caller, *redshift.RestoreFromClusterSnapshotMessage) (*redshift.RestoreFromClusterSnapshotResult, error) {
			return &redshift.RestoreFromClusterSnapshotResult{}, nil
		}), func(input any) string { return input.(*redshift.RestoreFromClusterSnapshotMessage).ClusterIdentifier })
	operation.Refusal = redshift.UnauthorizedOperation("Access Denied.")
	return operation
}

func TestRecord(t *testing.T) {
	t.Parallel()
	const version = "&Version=2012-12-01"
	signed := func(form string) func(*testing.T, door) {
		return func(t *testing.T, d door) { d.post(t, owner, "redshift", form) }
	}
	cases := map[string]func(*testing.T, door){
		"changes":         signed("Action=CreateCluster&ClusterIdentifier=sales&NodeType=ra3.large&NumberOfNodes=2&MasterUsername=awsuser&MasterUserPassword=Topsecret1&Tags.Tag.1.Key=team&Tags.Tag.1.Value=sales" + version),
		"reads":           signed("Action=DescribeClusters&MaxRecords=20" + version),
		"credentials":     signed("Action=GetClusterCredentials&ClusterIdentifier=sales&DbUser=ann&AutoCreate=true" + version),
		"nothing_to_show": signed("Action=DeleteTags&ResourceName=arn&TagKeys.TagKey.1=team" + version),
		"refused":         signed("Action=DeleteCluster&ClusterIdentifier=sales&SkipFinalClusterSnapshot=true" + version),
		"denied": func(t *testing.T, d door) {
			d.post(t, consumer, "redshift", "Action=DeleteCluster&ClusterIdentifier=sales"+version)
		},
		"denied_in_few_words": func(t *testing.T, d door) {
			d.post(t, consumer, "redshift", "Action=RestoreFromClusterSnapshot&ClusterIdentifier=copy&SnapshotIdentifier=monday"+version)
		},
		"not_decoded":     signed("Action=CreateCluster&ClusterIdentifier=sales&MasterUserPassword=Topsecret1&Pasword=Topsecret1" + version),
		"not_offered":     signed("Action=ResizeCluster&ClusterIdentifier=sales" + version),
		"no_operation":    signed("Action=DropEverything" + version),
		"fails":           signed("Action=DescribeTags" + version),
		"panics":          signed("Action=DescribeEvents" + version),
		"another_service": func(t *testing.T, d door) { d.post(t, consumer, "sts", "Action=GetCallerIdentity&Version=2011-06-15") },
		"wrong_secret":    tampered(func(r *http.Request) { r.Header.Set("X-Amz-Date", "20260102T120001Z") }),
		"unknown_key":     func(t *testing.T, d door) { d.post(t, "333333333333", "redshift", "Action=CreateCluster"+version) },
		"unsigned":        tampered(func(r *http.Request) { r.Header.Del("Authorization") }),
		"hostile": tampered(func(r *http.Request) {
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+strings.Repeat("x", 2000)+"/20260102/eu-west-1/redshift/aws4_request, SignedHeaders=host, Signature="+strings.Repeat("0", 64))
		}),
		"not_the_api": func(t *testing.T, d door) { d.send(t, d.request(t, http.MethodGet, "/favicon.ico", "")) },
	}
	for name, send := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var events []audit.Event
			d := openDoor(t, recorded, func(c *Config) { c.Audit = func(e audit.Event) { events = append(events, e) } })
			send(t, d)
			if len(events) != 1 {
				t.Fatalf("%d events, want 1", len(events))
			}
			var text bytes.Buffer
			encoder := json.NewEncoder(&text)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			if err := encoder.Encode(events[0]); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(text.String(), "Topsecret") {
				t.Errorf("a secret is in the record:\n%s", text.String())
			}
			golden(t, filepath.Join("testdata/audit", name+".json"), func(string) string { return text.String() })
		})
	}
}

// tampered sends a request that is changed after it was signed.
func tampered(change func(*http.Request)) func(*testing.T, door) {
	return func(t *testing.T, d door) {
		form := "Action=CreateCluster&ClusterIdentifier=sales&MasterUserPassword=Topsecret1&Version=2012-12-01"
		r := d.request(t, http.MethodPost, "/", form)
		signFor(t, r, owner, "redshift", form)
		change(r)
		d.send(t, r)
	}
}

func TestRecordedIdentity(t *testing.T) {
	t.Parallel()
	issued := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	const attributes = `"sessionContext":{"attributes":{"creationDate":"2026-01-05T10:00:00Z","mfaAuthenticated":"false"}`
	user := api.Caller{Account: owner, ARN: "arn:aws:iam::111111111111:user/office/ann", UserID: "AIDA1", AccessKeyID: "AKIA1", Principal: policy.Principal{Type: policy.User}}
	token := user
	token.AccessKeyID, token.Session = "ASIA1", &api.Session{Issued: issued}
	role := api.Caller{
		Account: owner, ARN: "arn:aws:sts::111111111111:assumed-role/readers/ann", UserID: "AROA1:ann", AccessKeyID: "ASIA2",
		Principal: policy.Principal{Type: policy.RoleSession},
		Session:   &api.Session{Issued: issued, Source: "ann", Role: &api.Role{ARN: "arn:aws:iam::111111111111:role/office/readers", ID: "AROA1", Name: "readers"}},
	}
	root := api.RootCaller(owner, "us-east-1")
	root.AccessKeyID = "AKIA2"
	for want, caller := range map[string]api.Caller{
		`{"type":"IAMUser","principalId":"AIDA1","arn":"arn:aws:iam::111111111111:user/office/ann","accountId":"111111111111","accessKeyId":"AKIA1","userName":"ann"}`: user,
		`{"type":"IAMUser","principalId":"AIDA1","arn":"arn:aws:iam::111111111111:user/office/ann","accountId":"111111111111","accessKeyId":"ASIA1","userName":"ann",` +
			attributes + `}}`: token,
		`{"type":"AssumedRole","principalId":"AROA1:ann","arn":"arn:aws:sts::111111111111:assumed-role/readers/ann","accountId":"111111111111","accessKeyId":"ASIA2",` +
			`"sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA1","arn":"arn:aws:iam::111111111111:role/office/readers","accountId":"111111111111","userName":"readers"},` +
			`"attributes":{"creationDate":"2026-01-05T10:00:00Z","mfaAuthenticated":"false"},"sourceIdentity":"ann"}}`: role,
		`{"type":"Root","principalId":"111111111111","arn":"arn:aws:iam::111111111111:root","accountId":"111111111111","accessKeyId":"AKIA2"}`: root,
	} {
		x := exchange{caller: caller}
		if got, err := json.Marshal(x.identity()); err != nil || string(got) != want {
			t.Errorf("got  %s\nwant %s, %v", got, want, err)
		}
	}
}

// TestNoSecretIsRecorded fills every structure that an operation takes, and those that hold secrets in answers, and looks for the
// members that the models mark as sensitive.
func TestNoSecretIsRecorded(t *testing.T) {
	t.Parallel()
	secrets := sensitiveMembers(t, "redshift")
	for _, service := range []string{"sts", "iam"} {
		maps.Copy(secrets, sensitiveMembers(t, service))
	}
	if !secrets["MasterUserPassword"] || !secrets["SecretAccessKey"] || !secrets["SessionToken"] {
		t.Fatalf("the models mark %v", secrets)
	}
	shapes := []any{&redshift.ClusterCredentials{}, &redshift.ClusterExtendedCredentials{}, &redshift.CreateClusterResult{},
		&redshift.GetIdentityCenterAuthTokenResponse{}, &sts.AssumeRoleResponse{}, &sts.GetSessionTokenResponse{}, &apiiam.CreateAccessKeyResponse{}}
	for _, service := range []api.Service{redshift.Table(), sts.Table(), apiiam.Table()} {
		for _, operation := range service.Operations {
			shapes = append(shapes, operation.NewInput())
		}
	}
	found := 0
	for _, shape := range shapes {
		nameAll(reflect.ValueOf(shape).Elem(), "", 0)
		text := string(elements(shape)) + string(parameters(shape))
		for name := range secrets {
			if strings.Contains(text, "value of "+name+`"`) {
				t.Errorf("%T shows its %s", shape, name)
			}
			if strings.Contains(text, `"`+lowerFirst(name)+`":"`+auditJSON.mask) {
				found++
			}
		}
	}
	if found < 11 {
		t.Errorf("only %d secrets were there to be auditJSON.mask", found)
	}
}

// fill gives every text the name of its member.
func nameAll(v reflect.Value, name string, depth int) {
	switch {
	case depth > 6:
	case v.Kind() == reflect.String:
		v.SetString("value of " + name)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		nameAll(v.Elem(), name, depth+1)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		nameAll(v.Index(0), name, depth+1)
	case v.Type() == reflect.TypeFor[time.Time]():
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			nameAll(v.Field(i), v.Type().Field(i).Name, depth+1)
		}
	}
}

func sensitiveMembers(t *testing.T, service string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../api/models/" + service + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var model struct {
		Shapes map[string]struct {
			Sensitive bool
			Members   map[string]struct{ Shape string }
		}
	}
	if err := json.Unmarshal(text, &model); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, shape := range model.Shapes {
		for name, member := range shape.Members {
			if model.Shapes[member.Shape].Sensitive {
				found[strings.ToUpper(name[:1])+name[1:]] = true
			}
		}
	}
	return found
}
