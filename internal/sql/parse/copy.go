package parse

import (
	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
)

// copy reads COPY over the connection. A COPY from anywhere else is known by its source and read no further.
func (p *parser) copy() ast.Statement {
	p.expect("copy")
	stmt := &ast.CopyStdio{}
	if p.isOp("(") {
		stmt.Query = p.parenthesised()
		p.expect("to", "stdout")
		stmt.Out = true
	} else {
		stmt.Table = p.qualifiedName()
		if p.isOp("(") {
			stmt.Columns = p.names()
		}
		stmt.Out = p.oneOf("from", "to") == "to"
		switch {
		case !stmt.Out && p.peek().Kind == StringToken:
			return &ast.Unsupported{Feature: "COPY from " + copySource(p.peek().Text), Text: p.skipRest()}
		case stmt.Out:
			p.expect("stdout")
		default:
			p.expect("stdin")
		}
	}
	p.copyOptions(&stmt.Options)
	return stmt
}

// copySource names the kind of place that a COPY reads, by its address.
func copySource(address string) string {
	for prefix, source := range map[string]string{"s3://": "Amazon S3", "dynamodb://": "DynamoDB", "emr://": "EMR"} {
		if len(address) > len(prefix) && address[:len(prefix)] == prefix {
			return source
		}
	}
	return "a file"
}

// copyOptions reads both forms of options: WITH (FORMAT csv, …) and CSV DELIMITER ',' ….
func (p *parser) copyOptions(options *ast.CopyOptions) {
	p.accept("with")
	if !p.acceptOp("(") {
		for p.copyWord(options) {
		}
		return
	}
	for {
		p.copyOption(options)
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp(")")
}

// copyOption reads one option of the form in parentheses.
func (p *parser) copyOption(options *ast.CopyOptions) {
	switch word := p.oneOf("format", "header", "delimiter", "null", "quote", "escape", "encoding"); word {
	case "format":
		options.Format = p.copyFormat()
	case "header":
		options.Header = p.copyBoolean()
	case "encoding":
		p.stringValue()
	default:
		*options.Text(word) = p.stringPointer()
	}
}

// copyWord reads one option of the older form, and reports whether there was one.
func (p *parser) copyWord(options *ast.CopyOptions) bool {
	switch {
	case p.isAny("csv", "binary", "text"):
		options.Format = p.next().Text
	case p.accept("format"):
		p.accept("as")
		options.Format = p.copyFormat()
	case p.accept("header"):
		options.Header = true
	case p.isAny("delimiter", "null", "quote", "escape"):
		word := p.next().Text
		p.accept("as")
		*options.Text(word) = p.stringPointer()
	default:
		return false
	}
	return true
}

func (p *parser) copyFormat() string {
	token := p.next()
	format := keyword.Fold(token.Text)
	if token.Kind != StringToken && !token.isLabel() || format != "csv" && format != "text" && format != "binary" {
		p.failAt(token)
	}
	return format
}

func (p *parser) copyBoolean() bool {
	if p.isOp(",") || p.isOp(")") {
		return true
	}
	switch token := p.next(); keyword.Fold(token.Text) {
	case "true", "on", "1":
		return true
	case "false", "off", "0":
		return false
	default:
		p.failAt(token)
		return false
	}
}

func (p *parser) stringPointer() *string {
	value := p.stringValue()
	return &value
}
