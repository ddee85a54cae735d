// Package awsapi is the HTTP door of slipher: every request of the AWS Query and JSON 1.1 protocols comes in here and
// goes through the same visible list of steps. It holds a codec for each (form to structure, structure to XML; JSON both
// ways). It knows which services and operations exist only from the tables it is given, and nothing of clusters, snapshots or storage.
package awsapi

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/google/uuid"

	"slipher/internal/api"
	"slipher/internal/audit"
)

// Config is what the door needs of the rest of the house.
type Config struct {
	Services []api.Service // the first one's namespace serves refusals to callers who named no service
	Keys     Keys
	Rates    Rates
	Now      func() time.Time
	Healthy  func() error // asked by GET /healthz; nil is always well

	Audit     func(audit.Event) // takes a record of every request; nil keeps none
	RequestID func() string     // of requests and audit events; nil: random UUIDs
	Log       *slog.Logger      // nil: silent
}

// NewServer answers the API at "/" and GET /healthz.
func NewServer(config Config) http.Handler {
	s := &server{config: config, log: config.Log, newID: config.RequestID, services: map[string]*service{}, limits: newLimits(config.Rates)}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.newID == nil {
		s.newID = uuid.NewString
	}
	for _, table := range config.Services {
		s.services[table.Name] = newService(table)
	}
	return s
}

type server struct {
	config   Config
	services map[string]*service // by the name in a signature's scope
	limits   *limits
	log      *slog.Logger
	newID    func() string
}

// service is a Service with its operations at hand by name.
type service struct {
	api.Service
	protocol   protocol
	operations map[string]api.Operation
}

func newService(table api.Service) *service {
	s := &service{Service: table, protocol: protocolOf(table), operations: map[string]api.Operation{}}
	for _, operation := range table.Operations {
		s.operations[operation.Name] = operation
	}
	return s
}

// health tells anybody no more than whether something is wrong; the operator's log and the doctor say what.
func (s *server) health(w http.ResponseWriter) {
	if s.config.Healthy != nil {
		if err := s.config.Healthy(); err != nil {
			s.log.Warn("not healthy", "cause", err)
			http.Error(w, "not healthy", http.StatusServiceUnavailable)
			return
		}
	}
	io.WriteString(w, "ok\n")
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && r.URL.Path == "/healthz" {
		s.health(w)
		return
	}
	began := s.config.Now()
	x := &exchange{writer: w, request: r, service: s.services[s.config.Services[0].Name]}
	x.caller.RequestID = s.newID()

	status, code := http.StatusOK, ""
	if err := s.answer(r.Context(), x); err != nil {
		if x.caller.Account == "" {
			err = s.refuseUnknown(x, err)
		}
		x.fault = x.service.protocol.spelled(s.faultOf(r.Context(), err, x))
		status, code = x.fault.Status, x.fault.Code
		x.answer = x.service.protocol.refusal(x)
	}
	s.record(x)
	x.service.protocol.head(x, w.Header())
	w.Header().Set("X-Amzn-RequestId", x.caller.RequestID)
	w.WriteHeader(status)
	w.Write(x.answer)

	s.log.Debug("request answered", "request", x.caller.RequestID, "service", x.service.Name,
		"operation", cmp.Or(x.operation.Name, "-"), "account", x.caller.Account, "source", x.caller.SourceIP,
		"status", status, "code", code, "bytes", len(x.answer), "took", s.config.Now().Sub(began))
}

// answer takes a request through the steps; the first refusal ends it. What comes of it is recorded in any case.
func (s *server) answer(ctx context.Context, x *exchange) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	steps := []func(context.Context, *exchange) error{
		s.identify,
		s.admit,
		s.receive,
		s.authenticate,
		s.throttle,
		s.decode,
		s.authorize,
		s.call,
		s.encode,
	}
	for _, step := range steps {
		if err := step(ctx, x); err != nil {
			return err
		}
	}
	return nil
}
