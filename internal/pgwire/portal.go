package pgwire

import (
	"context"
	"errors"
	"io"

	"github.com/jackc/pgx/v5/pgproto3"
)

// prepared is a statement that the client has named, or left unnamed. It stays until the name is gone and no portal uses it.
type prepared struct {
	statement Statement // nil for an empty query string
	portals   int
	dropped   bool
}

func (p *prepared) release() {
	if p.dropped && p.portals == 0 && p.statement != nil {
		p.statement.Close()
	}
}

// portal is a statement bound to arguments, ready to run or somewhere in its rows.
type portal struct {
	source    *prepared // nil in the simple flow
	statement Statement
	args      []any
	formats   []int16
	encoders  []encoder
	announced bool // the client knows the columns
	result    Result
	done      bool

	// A Result may be tied to the context it was run with, so that has to live as long as the portal.
	ctx    context.Context
	cancel context.CancelCauseFunc
}

func newPortal(ctx context.Context, statement Statement) *portal {
	p := &portal{statement: statement, announced: true}
	p.ctx, p.cancel = context.WithCancelCause(ctx)
	return p
}

func (p *portal) close() {
	if p.result != nil {
		p.result.Close()
		p.result = nil
	}
	p.cancel(nil)
	if p.source != nil {
		p.source.portals--
		p.source.release()
	}
}

// execute runs the portal, or goes on with it, for at most limit rows (0: all of them). There is no tag yet when the limit
// suspended it.
func (s *session) execute(p *portal, limit int) (tag string, suspended bool, err error) {
	s.target.aim(p.cancel)
	defer s.target.aim(nil)
	switch p.statement.Copy() {
	case CopyIn:
		tag, err = s.copyIn(p)
	case CopyOut:
		tag, err = s.copyOut(p)
	default:
		tag, suspended, err = s.fetch(p, limit)
	}
	if err != nil {
		return "", false, s.clientError(p.ctx, err)
	}
	p.done = !suspended
	return tag, suspended, nil
}

func (s *session) fetch(p *portal, limit int) (tag string, suspended bool, err error) {
	if p.result == nil {
		if p.result, err = p.statement.Run(p.ctx, p.args); err != nil {
			return "", false, err
		}
	}
	if !p.announced {
		s.announce(p.statement.Columns(), p.formats)
		p.announced = true
	}
	for sent := 0; limit == 0 || sent < limit; sent++ {
		row, err := p.result.Next(p.ctx)
		if errors.Is(err, io.EOF) {
			tag, err := p.result.Tag(), p.result.Close()
			p.result = nil
			return tag, false, err
		}
		if err != nil {
			return "", false, err
		}
		if err := s.out.row(row, p.encoders); err != nil {
			return "", false, err
		}
	}
	return "", true, nil
}

// announce describes the rows to come; nil columns mean that there are none.
func (s *session) announce(columns []Column, formats []int16) {
	if columns == nil {
		return
	}
	description := pgproto3.RowDescription{Fields: make([]pgproto3.FieldDescription, len(columns))}
	for i, column := range columns {
		description.Fields[i] = pgproto3.FieldDescription{
			Name:                 []byte(column.Name),
			TableOID:             column.Source,
			TableAttributeNumber: uint16(column.Number),
			DataTypeOID:          column.OID,
			DataTypeSize:         column.Size,
			TypeModifier:         column.Mod,
			Format:               formatOf(formats, i),
		}
	}
	s.out.send(&description)
}

// format settles in which format each column is sent.
func (s *session) format(p *portal, formats []int16) error {
	columns := p.statement.Columns()
	if len(formats) > 1 && len(formats) != len(columns) {
		return protocolViolation("bind message has %d result formats but query has %d columns", len(formats), len(columns))
	}
	p.formats = formats
	p.encoders = make([]encoder, len(columns))
	style := s.style()
	for i, column := range columns {
		encode, err := encoderFor(s.types, column.OID, formatOf(formats, i), style)
		if err != nil {
			return err
		}
		p.encoders[i] = encode
	}
	return nil
}

// style is how the executor has text written.
func (s *session) style() TextStyle {
	if styler, ok := s.executor.(TextStyler); ok {
		return styler.TextStyle()
	}
	return TextStyle{}
}

// formatOf is the format of value i: none given means text, one given holds for all.
func formatOf(formats []int16, i int) int16 {
	switch len(formats) {
	case 0:
		return textFormat
	case 1:
		return formats[0]
	default:
		return formats[i]
	}
}

func (s *session) closePortal(name string) {
	if p, ok := s.portals[name]; ok {
		delete(s.portals, name)
		p.close()
	}
}

func (s *session) closePortals() {
	for name := range s.portals {
		s.closePortal(name)
	}
}

// dropStatement forgets a statement's name. Portals made from it go on.
func (s *session) dropStatement(name string) {
	if p, ok := s.statements[name]; ok {
		delete(s.statements, name)
		p.dropped = true
		p.release()
	}
}
