package server

import (
	"net/url"
	"slices"
	"strings"
)

// storeVariables are what the clients of a remote store read of the environment, by the scheme of its URL. A name that ends in
// an underscore stands for all that begin so.
var storeVariables = map[string][]string{
	"s3":     {"AWS_", "HOME"},
	"gs":     {"GOOGLE_", "CLOUDSDK_CONFIG", "GCE_METADATA_HOST", "STORAGE_EMULATOR_HOST", "HOME"},
	"azblob": {"AZURE_", "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT", "MSI_SECRET", "HOME"},
}

// networkVariables say how to get there.
var networkVariables = []string{
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
}

// Whoever tests slipher has AWS_ENDPOINT_URL, or endpoint_url in a file, point at slipher: its own clients must not follow.
const (
	endpointVariable        = "AWS_ENDPOINT_URL"
	IgnoreEndpointsVariable = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
)

// nodeEnvironment is the part of slipher's environment without which a node cannot use the stores: nothing for folders.
func nodeEnvironment(stores []string, environment []string) []string {
	schemes := map[string]bool{}
	var wanted []string
	for _, store := range stores {
		location, err := url.Parse(store)
		if err == nil && storeVariables[location.Scheme] != nil {
			schemes[location.Scheme] = true
			wanted = append(wanted, storeVariables[location.Scheme]...)
		}
	}
	if len(schemes) == 0 {
		return nil
	}
	wanted = append(wanted, networkVariables...)
	var passed []string
	for _, variable := range environment {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, endpointVariable) || name == IgnoreEndpointsVariable {
			continue
		}
		if slices.ContainsFunc(wanted, func(want string) bool {
			return name == want || strings.HasSuffix(want, "_") && strings.HasPrefix(name, want)
		}) {
			passed = append(passed, variable)
		}
	}
	if schemes["s3"] {
		passed = append(passed, IgnoreEndpointsVariable+"=true")
	}
	return passed
}
