package parametergroup

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

// describeParameters answers the parameters of a group, or those of one source.
func (f family) describeParameters(ctx context.Context, caller api.Caller, in *redshift.DescribeClusterParametersMessage) (*redshift.ClusterParameterGroupDetails, error) {
	if in.Source != "" && in.Source != "user" && in.Source != "engine-default" {
		return nil, api.InvalidParameterValue("%q is not a source: it is user or engine-default.", in.Source)
	}
	page, err := paging.New("parameters", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	var group state.ParameterGroupRecord
	err = f.store.View(ctx, func(tx *meta.Tx) (err error) {
		group, err = state.FindParameterGroup(tx, caller, in.ParameterGroupName)
		return err
	})
	if err != nil {
		return nil, err
	}
	shown, marker, err := paging.Cut(parametersOf(group.Body, in.Source), page)
	return &redshift.ClusterParameterGroupDetails{Parameters: shown, Marker: marker}, err
}

// parametersOf are those of one source; of both if it is empty.
func parametersOf(g state.ParameterGroup, source string) []redshift.Parameter {
	values, shown := g.AllValues(), []redshift.Parameter{}
	for _, parameter := range state.ParameterTable {
		if from := g.Source(parameter.Name); source == "" || source == from {
			shown = append(shown, parameterShape(parameter, values[parameter.Name], from, g.ApplyType(parameter.Name)))
		}
	}
	return shown
}

// describeDefaults answers the parameters of a family with their defaults.
func (f family) describeDefaults(_ context.Context, _ api.Caller, in *redshift.DescribeDefaultClusterParametersMessage) (*redshift.DescribeDefaultClusterParametersResult, error) {
	if err := state.CheckFamily(in.ParameterGroupFamily); err != nil {
		return nil, err
	}
	page, err := paging.New("default parameters", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	shown, marker, err := paging.Cut(parametersOf(state.ParameterGroup{Family: in.ParameterGroupFamily}, ""), page)
	if err != nil {
		return nil, err
	}
	return &redshift.DescribeDefaultClusterParametersResult{DefaultClusterParameters: &redshift.DefaultClusterParameters{
		ParameterGroupFamily: in.ParameterGroupFamily, Parameters: shown, Marker: marker,
	}}, nil
}

func parameterShape(p state.Parameter, value, source, applyType string) redshift.Parameter {
	return redshift.Parameter{
		ParameterName: p.Name, ParameterValue: value, Description: p.Description, Source: source, DataType: p.Kind,
		AllowedValues: p.Allowed, ApplyType: applyType, IsModifiable: true,
	}
}
