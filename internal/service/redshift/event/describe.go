package event

import (
	"context"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

// describe answers the events of the last hour, or of the span asked for within the last 14 days.
func (f family) describe(ctx context.Context, caller api.Caller, in *redshift.DescribeEventsMessage) (*redshift.EventsMessage, error) {
	if in.SourceIdentifier != "" && in.SourceType == "" {
		return nil, api.InvalidParameterCombination("SourceIdentifier needs a SourceType.")
	}
	if in.SourceType != "" {
		if err := checkSourceType(in.SourceType); err != nil {
			return nil, err
		}
	}
	asked, err := f.spanOf(in)
	if err != nil {
		return nil, err
	}
	page, err := paging.New("events", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	page.After = max(page.After, state.IDAt(asked.begin.UnixNano()))
	query := meta.Query{Account: caller.Account, Region: caller.Region, Index: index(in)}
	out := &redshift.EventsMessage{Events: []redshift.Event{}}
	err = f.store.View(ctx, func(tx *meta.Tx) error {
		found, marker, err := paging.List(tx, event.Events, query, page, func(r meta.Record[event.Event]) bool { return asked.holds(r.Body.Date) })
		for _, record := range found {
			out.Events = append(out.Events, shape(record.Body))
		}
		out.Marker = marker
		return err
	})
	return out, err
}

type span struct{ begin, end time.Time }

func (s span) holds(at time.Time) bool { return !at.Before(s.begin) && !at.After(s.end) }

func (f family) spanOf(in *redshift.DescribeEventsMessage) (span, error) {
	minutes := api.Value(in.Duration, 60)
	if minutes < 1 || minutes > int(event.Kept/time.Minute) {
		return span{}, api.InvalidParameterValue("Duration must be between 1 and %d minutes, not %d.", int(event.Kept/time.Minute), minutes)
	}
	duration := time.Duration(minutes) * time.Minute
	asked := span{in.StartTime, in.EndTime}
	switch {
	case asked.begin.IsZero() && asked.end.IsZero():
		asked = span{f.now().Add(-duration), f.now()}
	case asked.begin.IsZero():
		asked.begin = asked.end.Add(-duration)
	case asked.end.IsZero() && in.Duration != nil:
		asked.end = asked.begin.Add(duration)
	case asked.end.IsZero():
		asked.end = f.now()
	}
	if kept := f.now().Add(-event.Kept); asked.begin.Before(kept) {
		asked.begin = kept
	}
	if asked.end.Before(asked.begin) {
		return span{}, api.InvalidParameterCombination("StartTime must be before EndTime.")
	}
	return asked, nil
}

func index(in *redshift.DescribeEventsMessage) meta.Entry {
	switch {
	case in.SourceIdentifier != "":
		return event.FromSource(in.SourceType, in.SourceIdentifier)
	case in.SourceType != "":
		return event.OfSourceType(in.SourceType)
	}
	return meta.Entry{}
}

func shape(e event.Event) redshift.Event {
	return redshift.Event{
		SourceIdentifier: e.Source,
		SourceType:       e.SourceType,
		Message:          e.Message,
		EventCategories:  []string{e.Category},
		Severity:         e.Severity,
		Date:             e.Date,
		EventId:          event.IDOf(e.Number),
	}
}
