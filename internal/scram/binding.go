package scram

import (
	"crypto/tls"
	"crypto/x509"

	xdg "github.com/xdg-go/scram"
)

// Mechanisms are what a server offers that knows this binding.
func Mechanisms(binding xdg.ChannelBinding) []string {
	if binding.IsSupported() {
		return []string{mechanism + "-PLUS", mechanism}
	}
	return []string{mechanism}
}

// EndPointBinding ties the password exchange to the server's certificate, so that nobody in the middle can relay it. There is
// none without TLS, when the configuration leaves open which certificate was shown, or for a certificate whose signature
// names no hash (RFC 5929 leaves those out).
func EndPointBinding(state *tls.ConnectionState, config *tls.Config) xdg.ChannelBinding {
	if state == nil || len(config.Certificates) != 1 || config.GetCertificate != nil || config.GetConfigForClient != nil {
		return xdg.ChannelBinding{}
	}
	certificate, err := x509.ParseCertificate(config.Certificates[0].Certificate[0])
	if err != nil {
		return xdg.ChannelBinding{}
	}
	// The library reads the certificate from the client's point of view: as that of the peer.
	binding, err := xdg.NewTLSServerEndpointBinding(&tls.ConnectionState{PeerCertificates: []*x509.Certificate{certificate}})
	if err != nil {
		return xdg.ChannelBinding{}
	}
	return binding
}
