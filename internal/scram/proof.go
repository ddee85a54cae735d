package scram

import (
	"bytes"
	"crypto/rand"
	"errors"

	xdg "github.com/xdg-go/scram"
)

// Proof is a SCRAM exchange in which one of several passwords is proved: the challenge is the same for all, so the client's answer can be held against
// each.
type Proof struct {
	verifiers     []Verifier
	conversations []*xdg.ServerConversation
}

// NewProof begins an exchange. The verifiers must have one salt and one number of iterations, since the client is told one of each.
func NewProof(verifiers []Verifier, binding xdg.ChannelBinding) (*Proof, error) {
	p := &Proof{verifiers: verifiers}
	nonce := rand.Text()
	for _, verifier := range verifiers {
		if !bytes.Equal(verifier.Salt, verifiers[0].Salt) || verifier.Iterations != verifiers[0].Iterations {
			return nil, errors.New("the verifiers of one user differ in their salt")
		}
		server, err := xdg.SHA256.NewServer(func(string) (xdg.StoredCredentials, error) {
			// The name in the SCRAM exchange is ignored, as in PostgreSQL: the start-up message has said who it is.
			return verifier.credentials(), nil
		})
		if err != nil {
			return nil, err
		}
		server = server.WithNonceGenerator(func() string { return nonce })
		p.conversations = append(p.conversations, server.NewConversationWithChannelBinding(binding))
	}
	return p, nil
}

// Step hands the client's message to every exchange. The answer is that of the one that is proved, or else of the last.
func (p *Proof) Step(message string) (answer string, err error) {
	for _, conversation := range p.conversations {
		given, failed := conversation.Step(message)
		if answer, err = given, failed; conversation.Valid() {
			break
		}
	}
	return answer, err
}

// Fitting is the verifier of the password that was proved.
func (p *Proof) Fitting() (Verifier, bool) {
	for i, conversation := range p.conversations {
		if conversation.Valid() {
			return p.verifiers[i], true
		}
	}
	return Verifier{}, false
}
