// Package control is the Redshift management API where it has no family of its own yet: every operation is a method of Control, which reads a request,
// asks the warehouse and renders the answer.
//
// It promises that a snapshot is seen by its owner and by the accounts that the owner has authorised, and by nobody else. It knows neither HTTP nor
// signatures, neither jobs nor nodes.
package control

import (
	"slipher/internal/api"
	"slipher/internal/service/redshift"
	"slipher/internal/service/redshift/render"
	"slipher/internal/warehouse"
)

// Control answers the operations.
type Control struct {
	config    warehouse.Config
	warehouse *warehouse.Warehouse
	render    render.Renderer
}

// New offers the operations over a warehouse.
func New(house *warehouse.Warehouse) *Control {
	c := &Control{config: house.Config(), warehouse: house, render: render.New(house)}
	c.config.Secrets.Own(c.mayRotateSecret)
	return c
}

// Service is the Redshift API; docs/compatibility.md lists the operations that are not offered.
func (c *Control) Service() (api.Service, error) {
	return redshift.New(c.config.Store, c.families()...)
}
