package types

// AsDecimal is how the numeric rules see an integer: by the most digits that it may have.
func (t Type) AsDecimal() Type {
	switch t.Kind {
	case Smallint:
		return Decimal(5, 0)
	case Integer:
		return Decimal(10, 0)
	case Bigint:
		return Decimal(19, 0)
	}
	return t
}

// Computed is the type of l op r, op being one of + - * / %; unknown where not both are numbers.
func Computed(op string, l, r Type) Type {
	switch {
	case !l.IsNumber() || !r.IsNumber():
		return Type{}
	case l.Kind == Real && r.Kind == Real:
		return Type{Kind: Real}
	case !l.IsExact() || !r.IsExact():
		return Type{Kind: Double}
	case l.IsInteger() && r.IsInteger():
		return Type{Kind: max(l.Kind, r.Kind)}
	}
	return computedDecimal(op, l.AsDecimal(), r.AsDecimal())
}

// computedDecimal follows the guide, "Computations with numeric values".
func computedDecimal(op string, l, r Type) Type {
	whole := max(l.Precision-l.Scale, r.Precision-r.Scale)
	switch op {
	case "+", "-":
		scale := max(l.Scale, r.Scale)
		return Decimal(min(whole+1+scale, MaxPrecision), scale)
	case "*":
		return Decimal(min(l.Precision+r.Precision+1, MaxPrecision), min(l.Scale+r.Scale, MaxPrecision))
	case "/":
		scale := max(4, l.Scale+r.Precision-r.Scale+1)
		return capped(l.Precision-l.Scale+r.Scale+scale, scale)
	default: // %
		scale := max(l.Scale, r.Scale)
		return Decimal(min(whole+scale, MaxPrecision), scale)
	}
}

// capped gives up decimals of a quotient for digits before the point, down to four of them.
func capped(precision, scale int) Type {
	if precision > MaxPrecision {
		scale = max(MaxPrecision+scale-precision, min(scale, 4))
		precision = MaxPrecision
	}
	return Decimal(precision, min(scale, precision))
}

// Summed is the type of SUM.
func Summed(t Type) Type {
	switch {
	case t.IsInteger():
		return Type{Kind: Bigint}
	case t.Kind == Numeric:
		return Decimal(MaxPrecision, t.Scale)
	case t.Kind == Real || t.Kind == Double:
		return Type{Kind: Double}
	}
	return Type{}
}

// Common is the type in which two values meet in CASE, COALESCE, UNION and the like; unknown where nothing says.
func Common(a, b Type) Type {
	switch {
	case a == b:
		return a
	case b.Kind == Untyped:
		return beside(a, b)
	case a.Kind == Untyped:
		return beside(b, a)
	case !a.IsKnown() || !b.IsKnown():
		return Type{}
	case a.IsText() && b.IsText():
		return commonText(a, b)
	case a.IsInteger() && b.IsInteger():
		return Type{Kind: max(a.Kind, b.Kind)}
	case a.IsExact() && b.IsExact():
		a, b = a.AsDecimal(), b.AsDecimal()
		scale := max(a.Scale, b.Scale)
		return Decimal(min(max(a.Precision-a.Scale, b.Precision-b.Scale)+scale, MaxPrecision), scale)
	case a.IsNumber() && b.IsNumber():
		return Type{Kind: Double}
	case a.Kind == b.Kind:
		return Type{Kind: a.Kind}
	}
	return Type{}
}

// beside is a type beside an untyped value, which may be a longer string.
func beside(t, untyped Type) Type {
	switch {
	case t.Kind == Untyped || t.IsPadded() && t.Length > 0 && untyped.Length >= 0:
		t.Length = max(t.Length, untyped.Length)
	case t.IsPadded():
		t.Length = 0
	}
	return t
}

func commonText(a, b Type) Type {
	common := Type{Kind: Varchar, Length: max(a.Length, b.Length)}
	if a.Kind == b.Kind {
		common.Kind = a.Kind
	}
	if a.Length == 0 || b.Length == 0 {
		common.Length = 0
	}
	return common
}
