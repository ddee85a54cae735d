package audit

import "github.com/google/uuid"

// Flush writes what waits. What the disk does not take waits on.
func (l *Log) Flush() {
	l.writing.Lock()
	defer l.writing.Unlock()
	batches := l.take()
	if len(batches) == 0 {
		return
	}
	for i, batch := range batches {
		if err := l.write(batch); err != nil {
			l.putBack(batches[i:])
			l.troubled(err)
			return
		}
		l.written(batch)
	}
	l.recovered()
}

func (l *Log) take() []batch {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.waiting
	l.waiting = nil
	return taken
}

func (l *Log) putBack(rest []batch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := &rest[len(rest)-1]
	if len(l.waiting) > 0 && l.waiting[0].day == last.day {
		last.objects = append(last.objects, l.waiting[0].objects...)
		last.count += l.waiting[0].count
		l.waiting = l.waiting[1:]
	}
	l.waiting = append(rest, l.waiting...)
}

func (l *Log) written(done batch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.size -= len(done.objects)
	l.state.Waiting -= int64(done.count)
	l.state.Written += int64(done.count)
}

// troubled reports a failure once, however often it comes again.
func (l *Log) troubled(cause error) {
	l.mu.Lock()
	known := l.state.Trouble != ""
	l.state.Trouble = cause.Error()
	l.mu.Unlock()
	if !known {
		l.config.Log.Error("audit record not written: calls are answered, and their records wait in memory", "cause", cause)
	}
}

// recovered ends a trouble, and has the record tell what it lacks.
func (l *Log) recovered() {
	l.mu.Lock()
	was, lost := l.state.Trouble, l.state.Lost-l.told
	l.state.Trouble = ""
	l.told += lost
	l.mu.Unlock()
	if was != "" {
		l.config.Log.Info("audit record written again", "lost", lost)
	}
	if lost == 0 {
		return
	}
	l.config.Log.Error("audit events lost", "events", lost)
	l.Record(Event{
		UserIdentity: Identity{Type: "AWSService"}, EventSource: "slipher", EventName: "AuditEventsLost", EventType: "AwsServiceEvent",
		EventID: uuid.NewString(), AdditionalEventData: map[string]any{"events": lost},
	})
}
