package restore

import (
	"slices"
	"strconv"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
)

// optionFilter holds what an option must all satisfy.
type optionFilter []func(redshift.NodeConfigurationOption) bool

func (f optionFilter) passes(option redshift.NodeConfigurationOption) bool {
	for _, satisfies := range f {
		if !satisfies(option) {
			return false
		}
	}
	return true
}

type shapeFilter = redshift.NodeConfigurationOptionsFilter

// newOptionFilter reads the filters of DescribeNodeConfigurationOptions. Of the operators, the reference lets node types have "in" only.
func newOptionFilter(filters []shapeFilter) (optionFilter, error) {
	var made optionFilter
	for _, filter := range filters {
		if err := checkValues(filter); err != nil {
			return nil, err
		}
		satisfies, err := newOptionTest(filter)
		if err != nil {
			return nil, err
		}
		made = append(made, satisfies)
	}
	return made, nil
}

func newOptionTest(filter shapeFilter) (func(redshift.NodeConfigurationOption) bool, error) {
	type option = redshift.NodeConfigurationOption
	switch filter.Name {
	case redshift.NodeConfigurationOptionsFilterNameNodeType:
		return wordTest(filter, func(o option) string { return o.NodeType }, redshift.OperatorTypeIn)
	case redshift.NodeConfigurationOptionsFilterNameMode:
		return wordTest(filter, func(o option) string { return o.Mode }, redshift.OperatorTypeIn, redshift.OperatorTypeEq)
	case redshift.NodeConfigurationOptionsFilterNameNumberOfNodes:
		return numberTest(filter, func(o option) (float64, bool) { return float64(o.NumberOfNodes), true })
	case redshift.NodeConfigurationOptionsFilterNameEstimatedDiskUtilizationPercent:
		return numberTest(filter, func(o option) (float64, bool) {
			return api.Value(o.EstimatedDiskUtilizationPercent, 0), o.EstimatedDiskUtilizationPercent != nil
		})
	}
	return nil, api.InvalidParameterValue("A filter's Name must be NodeType, NumberOfNodes, EstimatedDiskUtilizationPercent or Mode, not %q.", filter.Name)
}

// checkValues holds each operator to its number of values.
func checkValues(filter shapeFilter) error {
	given := len(filter.Values)
	switch filter.Operator {
	case redshift.OperatorTypeIn:
		if given == 0 {
			return api.InvalidParameterValue("The operator in of the filter %s needs at least one value.", filter.Name)
		}
	case redshift.OperatorTypeBetween:
		if given != 2 {
			return api.InvalidParameterValue("The operator between of the filter %s needs two values, not %d.", filter.Name, given)
		}
	case redshift.OperatorTypeEq, redshift.OperatorTypeLt, redshift.OperatorTypeGt, redshift.OperatorTypeLe, redshift.OperatorTypeGe:
		if given != 1 {
			return api.InvalidParameterValue("The operator %s of the filter %s needs one value, not %d.", filter.Operator, filter.Name, given)
		}
	default:
		return api.InvalidParameterValue("The Operator of the filter %s must be eq, lt, gt, le, ge, in or between, not %q.", filter.Name, filter.Operator)
	}
	return nil
}

func wordTest(filter shapeFilter, of func(redshift.NodeConfigurationOption) string, operators ...string) (func(redshift.NodeConfigurationOption) bool, error) {
	if !slices.Contains(operators, filter.Operator) {
		return nil, api.InvalidParameterValue("The filter %s takes the operator %s, not %s.", filter.Name, strings.Join(operators, " or "), filter.Operator)
	}
	return func(option redshift.NodeConfigurationOption) bool { return slices.Contains(filter.Values, of(option)) }, nil
}

// numberTest reads the values as numbers. An option that does not have the number does not pass.
func numberTest(filter shapeFilter, of func(redshift.NodeConfigurationOption) (number float64, known bool)) (func(redshift.NodeConfigurationOption) bool, error) {
	var values []float64
	for _, text := range filter.Values {
		number, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, api.InvalidParameterValue("%q is not a number, which the filter %s needs.", text, filter.Name)
		}
		values = append(values, number)
	}
	return func(option redshift.NodeConfigurationOption) bool {
		number, known := of(option)
		return known && satisfies(number, filter.Operator, values)
	}, nil
}

func satisfies(number float64, operator string, values []float64) bool {
	switch operator {
	case redshift.OperatorTypeLt:
		return number < values[0]
	case redshift.OperatorTypeLe:
		return number <= values[0]
	case redshift.OperatorTypeGt:
		return number > values[0]
	case redshift.OperatorTypeGe:
		return number >= values[0]
	case redshift.OperatorTypeBetween:
		return number >= values[0] && number <= values[1]
	}
	return slices.Contains(values, number)
}
