package secretsmanager

import (
	"context"
	"slices"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/secretsmanager"
	"slipher/internal/meta"
	"slipher/internal/secretstore"
)

// ListSecrets lists the secrets of the caller's account in the region that pass all filters.
func (s *Service) ListSecrets(ctx context.Context, caller api.Caller, in *secretsmanager.ListSecretsRequest) (*secretsmanager.ListSecretsResponse, error) {
	page, err := readPage(in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	page.descending = in.SortOrder == secretsmanager.SortOrderTypeDesc
	if err := checkFilters(in.Filters); err != nil {
		return nil, err
	}
	out := &secretsmanager.ListSecretsResponse{SecretList: []secretsmanager.SecretListEntry{}}
	return out, s.Store.View(ctx, func(tx *meta.Tx) error {
		found, err := secretstore.Records.List(tx, meta.Query{Account: caller.Account, Region: caller.Region})
		if err != nil {
			return err
		}
		found = slices.DeleteFunc(found, func(record secretstore.Record) bool { return !passes(record, in.Filters) })
		found, out.NextToken = cut(page, found, sortKey(in.SortBy))
		for _, record := range found {
			out.SecretList = append(out.SecretList, listEntry(record))
		}
		return nil
	})
}

func sortKey(by string) func(secretstore.Record) string {
	switch by {
	case secretsmanager.SortByTypeName:
		return func(r secretstore.Record) string { return r.ID }
	case secretsmanager.SortByTypeLastAccessedDate:
		return func(r secretstore.Record) string { return timeKey(r.Body.Accessed, r.ID) }
	case secretsmanager.SortByTypeLastChangedDate:
		return func(r secretstore.Record) string { return timeKey(r.Body.Changed, r.ID) }
	}
	return func(r secretstore.Record) string { return timeKey(r.Body.Created, r.ID) }
}

const (
	mostFilters      = 10
	mostFilterValues = 10
)

func checkFilters(filters []secretsmanager.Filter) error {
	if len(filters) > mostFilters {
		return invalidParameter("There are at most %d Filters.", mostFilters)
	}
	for _, filter := range filters {
		if filter.Key == "" || len(filter.Values) < 1 || len(filter.Values) > mostFilterValues {
			return invalidParameter("A filter has a Key and 1 to %d Values.", mostFilterValues)
		}
	}
	return nil
}

func passes(record secretstore.Record, filters []secretsmanager.Filter) bool {
	for _, filter := range filters {
		if !slices.ContainsFunc(filter.Values, func(value string) bool { return matches(record, filter.Key, value) }) {
			return false
		}
	}
	return true
}

// matches says whether a secret has what a filter's value asks for; one that begins with an exclamation mark asks for what it has not.
func matches(record secretstore.Record, key, value string) bool {
	wanted, negated := strings.CutPrefix(value, "!")
	if key == secretsmanager.FilterNameStringTypeAll {
		return hasWords(record, wanted) != negated
	}
	found := slices.ContainsFunc(attributes(record, key), func(attribute string) bool {
		if key == secretsmanager.FilterNameStringTypeDescription {
			attribute, wanted = strings.ToLower(attribute), strings.ToLower(wanted)
		}
		return strings.HasPrefix(attribute, wanted)
	})
	return found != negated
}

// attributes are what filters of a kind look at. No secret is replicated, so none has a primary region.
func attributes(record secretstore.Record, key string) (values []string) {
	switch key {
	case secretsmanager.FilterNameStringTypeDescription:
		return []string{record.Body.Description}
	case secretsmanager.FilterNameStringTypeName:
		return []string{record.ID}
	case secretsmanager.FilterNameStringTypeOwningService:
		return []string{record.Body.Service}
	case secretsmanager.FilterNameStringTypeTagKey:
		for _, tag := range record.Body.Tags {
			values = append(values, tag.Key)
		}
	case secretsmanager.FilterNameStringTypeTagValue:
		for _, tag := range record.Body.Tags {
			values = append(values, tag.Value)
		}
	}
	return values
}

// hasWords looks for each word of the text in all attributes.
func hasWords(record secretstore.Record, text string) bool {
	all := strings.ToLower(strings.Join(slices.Concat(
		attributes(record, secretsmanager.FilterNameStringTypeName), attributes(record, secretsmanager.FilterNameStringTypeDescription),
		attributes(record, secretsmanager.FilterNameStringTypeOwningService),
		attributes(record, secretsmanager.FilterNameStringTypeTagKey), attributes(record, secretsmanager.FilterNameStringTypeTagValue),
	), "\n"))
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}
