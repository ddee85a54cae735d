package server

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/google/uuid"

	"slipher/internal/audit"
	"slipher/internal/installation"
	"slipher/internal/meta"
	"slipher/internal/sqllog"
)

func (s *Server) openAudit(ctx context.Context) error {
	chains, err := installation.OpenAuditChains(ctx, s.Store, s.Keys)
	if err != nil {
		return err
	}
	open := func(name string) (*audit.Log, error) {
		return audit.Open(audit.Config{
			Dir: s.config.Data.AuditFolder(name), Days: s.config.AuditDays, Chain: chains.Chain(name), Now: s.config.Now, Log: s.config.Log,
		})
	}
	if s.audit, err = open(installation.CallsRecord); err != nil {
		return err
	}
	s.onClose(s.audit.Close)
	s.Store.OnDamage(s.recordDamage)
	s.sqlLogs = sqllog.NewGatherer(sqllog.Config{
		Clusters: s.config.Data.Path("clusters"),
		Records:  s.config.Data.AuditFolder(installation.SQLRecords),
		Open:     func(cluster, _ string) (*audit.Log, error) { return open(installation.SQLRecord(cluster)) },
		Forget:   func(cluster string) error { return chains.Forget(installation.SQLRecord(cluster)) },
		Now:      s.config.Now,
		Log:      s.config.Log,
	})
	s.onClose(s.sqlLogs.Close)
	return nil
}

// recordDamage tells of a row of the metadata that was altered outside slipher.
func (s *Server) recordDamage(damage meta.Damage) {
	s.audit.Record(audit.Event{
		UserIdentity: audit.Identity{Type: "AWSService"}, EventSource: "slipher", EventName: "MetadataDamaged", EventType: "AwsServiceEvent",
		EventID: uuid.NewString(), RecipientAccountID: damage.Account, AdditionalEventData: map[string]any{"row": damage.Error()},
	})
}

func (s *Server) auditState(w http.ResponseWriter, _ *http.Request) {
	json.NewEncoder(w).Encode(s.audit.State())
}
