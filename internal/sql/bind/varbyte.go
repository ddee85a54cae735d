package bind

import (
	"slipher/internal/sql/ast"
	"slipher/internal/sql/types"
)

// ofBytes binds the functions that count and cut bytes where they are given a VARBYTE.
func ofBytes(c *ast.Call, name string) (ast.Expr, types.Type) {
	integer := types.Type{Kind: types.Integer}
	switch {
	case (name == "len" || name == "length" || name == "octet_length") && len(c.Args) == 1:
		return &ast.Rewritten{Original: c, Engine: nativeCast(native("octet_length", c.Args[0]), integer.Named())}, integer
	case (name == "substring" || name == "substr") && len(c.Args) == 3:
		return &ast.Rewritten{Original: c, Engine: substring(c.Args[0], c.Args[1], c.Args[2])}, types.Type{Kind: types.Varbyte}
	case name == "concat":
		return c, types.Type{Kind: types.Varbyte}
	}
	return c, types.Type{}
}

// substring cuts bytes by their digits, since the engine cuts only strings.
func substring(bytes, from, count ast.Expr) ast.Expr {
	two := &ast.Number{Text: "2"}
	digits := &ast.Binary{Op: "-", L: &ast.Binary{Op: "*", L: two, R: from}, R: &ast.Number{Text: "1"}}
	return native("unhex", native("substr", native("hex", bytes), digits, &ast.Binary{Op: "*", L: two, R: count}))
}
