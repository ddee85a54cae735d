package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
)

// DescribeClusterParameters answers the parameters of a group, or those of one source.
func (c *Control) DescribeClusterParameters(ctx context.Context, caller api.Caller, in *redshift.DescribeClusterParametersMessage) (*redshift.ClusterParameterGroupDetails, error) {
	if in.Source != "" && in.Source != "user" && in.Source != "engine-default" {
		return nil, api.InvalidParameterValue("%q is not a source: it is user or engine-default.", in.Source)
	}
	page, err := newPage("parameters", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	var group parameterGroupRecord
	err = c.config.Store.View(ctx, func(tx *meta.Tx) (err error) {
		group, err = findParameterGroup(tx, caller, in.ParameterGroupName)
		return err
	})
	if err != nil {
		return nil, err
	}
	shown, marker, err := cut(group.Body.parameters(in.Source), page)
	return &redshift.ClusterParameterGroupDetails{Parameters: shown, Marker: marker}, err
}

// parameters are those of one source; of both if it is empty.
func (g parameterGroup) parameters(source string) []redshift.Parameter {
	values, shown := g.values(), []redshift.Parameter{}
	for _, parameter := range parameterTable {
		if from := g.source(parameter.name); source == "" || source == from {
			shown = append(shown, parameter.shape(values[parameter.name], from, g.applyType(parameter.name)))
		}
	}
	return shown
}

// DescribeDefaultClusterParameters answers the parameters of a family with their defaults.
func (c *Control) DescribeDefaultClusterParameters(_ context.Context, _ api.Caller, in *redshift.DescribeDefaultClusterParametersMessage) (*redshift.DescribeDefaultClusterParametersResult, error) {
	if err := checkFamily(in.ParameterGroupFamily); err != nil {
		return nil, err
	}
	page, err := newPage("default parameters", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	shown, marker, err := cut(parameterGroup{Family: in.ParameterGroupFamily}.parameters(""), page)
	if err != nil {
		return nil, err
	}
	return &redshift.DescribeDefaultClusterParametersResult{DefaultClusterParameters: &redshift.DefaultClusterParameters{
		ParameterGroupFamily: in.ParameterGroupFamily, Parameters: shown, Marker: marker,
	}}, nil
}
