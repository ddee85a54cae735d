// Package tagging is the tags of Redshift's resources, as the families that have such resources show them to the operations about tags and to permissions.
// It promises that a kind is declared once, by the family that has it, and refuses to know any.
package tagging

import (
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// Resource is one that has tags, or can have them.
type Resource struct {
	ARN, Kind string
	Tags      []state.Tag
	Closed    error // why it takes no more tags
	Put       func(tags []state.Tag) error
}

// Kind is a kind of resource that can have tags. Find answers meta.ErrNotFound where there is no such resource.
type Kind struct {
	Name  string // in ARNs and in answers
	Title string // in requests of DescribeTags, beside the name
	Find  func(tx *meta.Tx, arn state.ARN) (Resource, error)
	List  func(tx *meta.Tx, here meta.Query) ([]Resource, error)
}

// None is a kind of which there are none, as no operation makes any.
func None(name, title string) Kind {
	return Kind{
		Name: name, Title: title,
		Find: func(*meta.Tx, state.ARN) (Resource, error) { return Resource{}, meta.ErrNotFound },
		List: func(*meta.Tx, meta.Query) ([]Resource, error) { return nil, nil },
	}
}

// KeptByName is a kind whose records have the resource's name for their id. tags points to those of a record's body.
func KeptByName[T any](name, title string, records meta.Records[T], tags func(*T) *[]state.Tag) Kind {
	view := func(tx *meta.Tx, record meta.Record[T]) Resource {
		return Resource{ARN: state.ARNOf(record.Key, name), Kind: name, Tags: *tags(&record.Body), Put: func(changed []state.Tag) error {
			*tags(&record.Body) = changed
			return records.Put(tx, record)
		}}
	}
	find := func(tx *meta.Tx, arn state.ARN) (Resource, error) {
		record, err := records.Find(tx, arn.Key())
		return view(tx, record), err
	}
	return Kind{name, title, find, Listing(records, view)}
}

// Listing shows all records of a kind in a place.
func Listing[T any](records meta.Records[T], view func(*meta.Tx, meta.Record[T]) Resource) func(*meta.Tx, meta.Query) ([]Resource, error) {
	return func(tx *meta.Tx, here meta.Query) ([]Resource, error) {
		found, err := records.List(tx, here)
		all := make([]Resource, len(found))
		for i, record := range found {
			all[i] = view(tx, record)
		}
		return all, err
	}
}

// Shapes are never nil: a resource without tags shows an empty list.
func Shapes(tags []state.Tag) []redshift.Tag {
	shapes := make([]redshift.Tag, len(tags))
	for i, tag := range tags {
		shapes[i] = redshift.Tag(tag)
	}
	return shapes
}

// Given are those of a request, nil where it has none.
func Given(shapes []redshift.Tag) []state.Tag {
	var tags []state.Tag //nolint:prealloc // none are nil
	for _, tag := range shapes {
		tags = append(tags, state.Tag(tag))
	}
	return tags
}
