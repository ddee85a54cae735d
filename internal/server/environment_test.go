package server

import (
	"slices"
	"testing"
)

func TestNodeEnvironment(t *testing.T) {
	t.Parallel()
	environment := []string{
		"PATH=/bin", "HOME=/home/me", "LD_PRELOAD=x", "PGPASSWORD=p", "SLIPHER_DATA=d",
		"AWS_ACCESS_KEY_ID=k", "AWS_SECRET_ACCESS_KEY=s", "AWS_PROFILE=p", "AWS_ENDPOINT_URL=http://127.0.0.1:8480",
		"AWS_ENDPOINT_URL_S3=http://127.0.0.1:8480", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false", "AWSOME=1",
		"GOOGLE_APPLICATION_CREDENTIALS=/key.json", "STORAGE_EMULATOR_HOST=127.0.0.1:1", "AZURE_STORAGE_KEY=k",
		"HTTPS_PROXY=http://proxy", "no_proxy=localhost", "SSL_CERT_FILE=/ca.pem",
	}
	network := []string{"HTTPS_PROXY=http://proxy", "no_proxy=localhost", "SSL_CERT_FILE=/ca.pem"}
	for store, want := range map[string][]string{
		"file:///folder": nil,
		"mem://":         nil,
		"no store":       nil,
		"s3://bucket?region=us-east-1": slices.Concat(
			[]string{"HOME=/home/me", "AWS_ACCESS_KEY_ID=k", "AWS_SECRET_ACCESS_KEY=s", "AWS_PROFILE=p"}, network,
			[]string{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true"}),
		"gs://bucket": slices.Concat(
			[]string{"HOME=/home/me", "GOOGLE_APPLICATION_CREDENTIALS=/key.json", "STORAGE_EMULATOR_HOST=127.0.0.1:1"}, network),
		"azblob://container": slices.Concat([]string{"HOME=/home/me", "AZURE_STORAGE_KEY=k"}, network),
	} {
		if got := nodeEnvironment([]string{"file:///folder", store}, environment); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", store, got, want)
		}
	}
}
