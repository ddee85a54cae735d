package pgwire

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgproto3"

	"slipher/internal/scram"
)

// authenticate has the client prove that it knows the user's password, by SCRAM.
func (s *session) authenticate(ctx context.Context) error {
	told, err := s.attempt(ctx)
	if err != nil {
		return err
	}
	verifiers, err := s.verifiers(ctx)
	if err != nil {
		return err
	}
	binding := scram.EndPointBinding(s.tlsState, s.config.TLS)
	conversation, err := scram.NewProof(verifiers, binding)
	if err != nil {
		return err
	}
	final, err := s.exchange(ctx, conversation, scram.Mechanisms(binding))
	if err != nil {
		return err
	}
	fitting, ok := conversation.Fitting()
	told(ok)
	if !ok {
		return &Error{Code: "28P01", Message: fmt.Sprintf("password authentication failed for user %q", s.startup.User)}
	}
	s.startup.Verifier = fitting.String()
	s.out.send(&pgproto3.AuthenticationSASLFinal{Data: []byte(final)})
	s.out.send(&pgproto3.AuthenticationOk{})
	return nil
}

// verifiers are the user's, or one that no password fits, so that an unknown user takes the same path.
func (s *session) verifiers(ctx context.Context) ([]scram.Verifier, error) {
	stored, err := s.config.Verifiers(ctx, s.startup)
	if err != nil {
		return nil, err
	}
	if len(stored) == 0 {
		return []scram.Verifier{scram.Decoy(s.startup.User)}, nil
	}
	verifiers := make([]scram.Verifier, len(stored))
	for i, text := range stored {
		if verifiers[i], err = scram.ParseVerifier(text); err != nil {
			return nil, err
		}
	}
	return verifiers, nil
}

// exchange carries the four SCRAM messages and returns the last, which is not sent yet.
func (s *session) exchange(ctx context.Context, conversation *scram.Proof, offered []string) (final string, err error) {
	s.out.send(&pgproto3.AuthenticationSASL{AuthMechanisms: offered})
	message, err := s.ask(ctx, pgproto3.AuthTypeSASL)
	if err != nil {
		return "", err
	}
	first, ok := message.(*pgproto3.SASLInitialResponse)
	if !ok {
		return "", protocolViolation("expected SASL response, got %s", nameOf(message))
	}
	if !slices.Contains(offered, first.AuthMechanism) {
		return "", protocolViolation("client selected an invalid SASL authentication mechanism")
	}
	challenge, err := conversation.Step(string(first.Data))
	if err != nil {
		return "", protocolViolation("malformed SCRAM message")
	}

	s.out.send(&pgproto3.AuthenticationSASLContinue{Data: []byte(challenge)})
	message, err = s.ask(ctx, pgproto3.AuthTypeSASLContinue)
	if err != nil {
		return "", err
	}
	second, ok := message.(*pgproto3.SASLResponse)
	if !ok {
		return "", protocolViolation("expected SASL response, got %s", nameOf(message))
	}
	final, err = conversation.Step(string(second.Data))
	if err != nil && final == "" {
		return "", protocolViolation("malformed SCRAM message")
	}
	return final, nil
}

// ask sends what is gathered and waits for the answer.
func (s *session) ask(ctx context.Context, kind uint32) (pgproto3.FrontendMessage, error) {
	if err := s.backend.SetAuthType(kind); err != nil {
		return nil, err
	}
	if err := s.out.flush(); err != nil {
		return nil, err
	}
	return s.receive(ctx)
}
