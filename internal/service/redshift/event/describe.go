package control

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

// DescribeEvents answers the events of the last hour, or of the span asked for within the last 14 days.
func (c *Control) DescribeEvents(ctx context.Context, caller api.Caller, in *redshift.DescribeEventsMessage) (*redshift.EventsMessage, error) {
	if in.SourceIdentifier != "" && in.SourceType == "" {
		return nil, api.InvalidParameterCombination("SourceIdentifier needs a SourceType.")
	}
	if in.SourceType != "" {
		if err := checkSourceType(in.SourceType); err != nil {
			return nil, err
		}
	}
	span, err := c.eventSpan(in)
	if err != nil {
		return nil, err
	}
	page, err := paging.New("events", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	page.After = max(page.After, state.IDAt(span.begin.UnixNano()))
	query := meta.Query{Account: caller.Account, Region: caller.Region, Index: eventIndex(in)}
	out := &redshift.EventsMessage{Events: []redshift.Event{}}
	err = c.config.Store.View(ctx, func(tx *meta.Tx) error {
		found, marker, err := paging.List(tx, event.Events, query, page, func(r meta.Record[event.Event]) bool { return span.holds(r.Body.Date) })
		for _, record := range found {
			out.Events = append(out.Events, eventShape(record.Body))
		}
		out.Marker = marker
		return err
	})
	return out, err
}

type Span struct{ begin, end time.Time }

func (s Span) holds(at time.Time) bool { return !at.Before(s.begin) && !at.After(s.end) }

func (c *Control) eventSpan(in *redshift.DescribeEventsMessage) (Span, error) {
	minutes := api.Value(in.Duration, 60)
	if minutes < 1 || minutes > int(event.Kept/time.Minute) {
		return Span{}, api.InvalidParameterValue("Duration must be between 1 and %d minutes, not %d.", int(event.Kept/time.Minute), minutes)
	}
	duration := time.Duration(minutes) * time.Minute
	asked := Span{in.StartTime, in.EndTime}
	switch {
	case asked.begin.IsZero() && asked.end.IsZero():
		asked = Span{c.warehouse.Clock.Now().Add(-duration), c.warehouse.Clock.Now()}
	case asked.begin.IsZero():
		asked.begin = asked.end.Add(-duration)
	case asked.end.IsZero() && in.Duration != nil:
		asked.end = asked.begin.Add(duration)
	case asked.end.IsZero():
		asked.end = c.warehouse.Clock.Now()
	}
	if kept := c.warehouse.Clock.Now().Add(-event.Kept); asked.begin.Before(kept) {
		asked.begin = kept
	}
	if asked.end.Before(asked.begin) {
		return Span{}, api.InvalidParameterCombination("StartTime must be before EndTime.")
	}
	return asked, nil
}

func eventIndex(in *redshift.DescribeEventsMessage) meta.Entry {
	switch {
	case in.SourceIdentifier != "":
		return event.FromSource(in.SourceType, in.SourceIdentifier)
	case in.SourceType != "":
		return event.OfSourceType(in.SourceType)
	}
	return meta.Entry{}
}

func eventShape(e event.Event) redshift.Event {
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
