package pgwire

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// extended serves one message of the extended flow. After an error the messages up to Sync are skipped.
func (s *session) extended(ctx context.Context, message pgproto3.FrontendMessage) error {
	err := s.survive(func() error { return s.step(ctx, message) })
	if err == nil {
		return s.out.err
	}
	s.skipping = true
	return s.fail(ctx, err)
}

func (s *session) step(ctx context.Context, message pgproto3.FrontendMessage) error {
	switch message := message.(type) {
	case *pgproto3.Parse:
		return s.parse(ctx, message)
	case *pgproto3.Bind:
		return s.bind(ctx, message)
	case *pgproto3.Describe:
		return s.describe(message)
	case *pgproto3.Execute:
		return s.executePortal(message)
	case *pgproto3.Close:
		return s.closeNamed(message)
	}
	return protocolViolation("unexpected message %s", nameOf(message))
}

// sync ends a batch of the extended flow, and with it the implicit transaction that its statements shared.
func (s *session) sync(ctx context.Context) error {
	if s.skipping {
		s.skipping = false
		return s.ready()
	}
	if err := s.survive(func() error { return s.commit(ctx) }); err != nil {
		if err := s.fail(ctx, err); err != nil {
			return err
		}
	}
	return s.ready()
}

func (s *session) parse(ctx context.Context, message *pgproto3.Parse) error {
	if message.Name == "" {
		s.dropStatement("")
	} else if s.statements[message.Name] != nil {
		return &Error{Code: "42P05", Message: fmt.Sprintf("prepared statement %q already exists", message.Name)}
	}
	statement, rest, err := s.prepare(ctx, message.Query, message.ParameterOIDs)
	if err != nil {
		return err
	}
	s.statements[message.Name] = &prepared{statement: statement}
	if strings.Trim(rest, "; \t\r\n\f") != "" {
		s.dropStatement(message.Name)
		return &Error{Code: "42601", Message: "cannot insert multiple commands into a prepared statement"}
	}
	s.out.send(&pgproto3.ParseComplete{})
	return nil
}

func (s *session) bind(ctx context.Context, message *pgproto3.Bind) error {
	source, err := s.statement(message.PreparedStatement)
	if err != nil {
		return err
	}
	if message.DestinationPortal == "" {
		s.closePortal("")
	} else if s.portals[message.DestinationPortal] != nil {
		return &Error{Code: "42P03", Message: fmt.Sprintf("cursor %q already exists", message.DestinationPortal)}
	}
	args, err := s.args(message, source.params())
	if err != nil {
		return err
	}
	p := newPortal(ctx, source.statement)
	p.args = args
	if source.statement != nil {
		if err := s.format(p, message.ResultFormatCodes); err != nil {
			p.close()
			return err
		}
	}
	p.source = source
	source.portals++
	s.portals[message.DestinationPortal] = p
	s.out.send(&pgproto3.BindComplete{})
	return nil
}

// args decodes the arguments of a Bind message.
func (s *session) args(message *pgproto3.Bind, params []uint32) ([]any, error) {
	if len(message.Parameters) != len(params) {
		return nil, protocolViolation("bind message supplies %d parameters, but prepared statement %q requires %d",
			len(message.Parameters), message.PreparedStatement, len(params))
	}
	formats := message.ParameterFormatCodes
	if len(formats) > 1 && len(formats) != len(params) {
		return nil, protocolViolation("bind message has %d parameter formats but %d parameters", len(formats), len(params))
	}
	args := make([]any, len(params))
	for i, oid := range params {
		if message.Parameters[i] == nil {
			continue
		}
		arg, err := decode(s.types, oid, formatOf(formats, i), message.Parameters[i])
		if err != nil {
			return nil, ofParameter(err, message.DestinationPortal, i+1)
		}
		args[i] = arg
	}
	return args, nil
}

// ofParameter says which parameter could not be decoded.
func ofParameter(err *Error, portal string, number int) *Error {
	located := *err
	located.Where = fmt.Sprintf("portal %q parameter $%d", portal, number)
	if portal == "" {
		located.Where = fmt.Sprintf("unnamed portal parameter $%d", number)
	}
	if located.Code == badBinary {
		located.Message = fmt.Sprintf("incorrect binary data format in bind parameter %d", number)
	}
	return &located
}

func (s *session) describe(message *pgproto3.Describe) error {
	var columns []Column
	var formats []int16
	switch message.ObjectType {
	case 'S':
		p, err := s.statement(message.Name)
		if err != nil {
			return err
		}
		s.out.send(&pgproto3.ParameterDescription{ParameterOIDs: p.params()})
		columns = p.columns()
	case 'P':
		p, err := s.portal(message.Name)
		if err != nil {
			return err
		}
		columns, formats = p.source.columns(), p.formats
	default:
		return protocolViolation("invalid DESCRIBE message subtype %d", message.ObjectType)
	}
	if columns == nil {
		s.out.send(&pgproto3.NoData{})
		return nil
	}
	s.announce(columns, formats)
	return nil
}

func (s *session) executePortal(message *pgproto3.Execute) error {
	p, err := s.portal(message.Portal)
	if err != nil {
		return err
	}
	if p.statement == nil {
		s.out.send(&pgproto3.EmptyQueryResponse{})
		return nil
	}
	if p.done {
		return s.executeAgain(p, message.Portal)
	}
	limit := max(0, int(int32(message.MaxRows)))
	tag, suspended, err := s.execute(p, limit)
	if err != nil {
		return err
	}
	if suspended {
		s.out.send(&pgproto3.PortalSuspended{})
		return nil
	}
	s.out.send(&pgproto3.CommandComplete{CommandTag: []byte(tag)})
	return nil
}

// executeAgain answers for a portal that has ended: a query has no more rows, anything else must not run twice.
func (s *session) executeAgain(p *portal, name string) error {
	if p.statement.Columns() == nil {
		return &Error{Code: "55000", Message: fmt.Sprintf("portal %q cannot be run", name)}
	}
	s.out.send(&pgproto3.CommandComplete{CommandTag: []byte("SELECT 0")})
	return nil
}

func (s *session) closeNamed(message *pgproto3.Close) error {
	switch message.ObjectType {
	case 'S':
		s.closeStatement(message.Name)
	case 'P':
		s.closePortal(message.Name)
	default:
		return protocolViolation("invalid CLOSE message subtype %d", message.ObjectType)
	}
	s.out.send(&pgproto3.CloseComplete{})
	return nil
}

// closeStatement forgets a statement together with the portals made from it.
func (s *session) closeStatement(name string) {
	source := s.statements[name]
	for portal, p := range s.portals {
		if source != nil && p.source == source {
			s.closePortal(portal)
		}
	}
	s.dropStatement(name)
}

func (s *session) statement(name string) (*prepared, error) {
	if p, ok := s.statements[name]; ok {
		return p, nil
	}
	if name == "" {
		return nil, &Error{Code: "26000", Message: "unnamed prepared statement does not exist"}
	}
	return nil, &Error{Code: "26000", Message: fmt.Sprintf("prepared statement %q does not exist", name)}
}

func (s *session) portal(name string) (*portal, error) {
	if p, ok := s.portals[name]; ok {
		return p, nil
	}
	return nil, &Error{Code: "34000", Message: fmt.Sprintf("portal %q does not exist", name)}
}

// params are the types of the parameters; one that the executor left open is a text.
func (p *prepared) params() []uint32 {
	if p.statement == nil {
		return nil
	}
	params := append([]uint32(nil), p.statement.Params()...)
	for i, oid := range params {
		if oid == 0 {
			params[i] = pgtype.TextOID
		}
	}
	return params
}

// columns are those of the rows to come; a COPY has none, whatever it copies.
func (p *prepared) columns() []Column {
	if p.statement == nil || p.statement.Copy() != CopyNone {
		return nil
	}
	return p.statement.Columns()
}
