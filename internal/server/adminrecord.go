package server

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os/user"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"slipher/internal/audit"
)

// recorded has a call of the admin socket in the record of API calls, under the name that its command would have as an operation.
func (s *Server) recorded(name string, readOnly bool, handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		asked, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
		if err != nil {
			http.Error(w, "the request is larger than any that this version of slipher sends", http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(asked))
		answer := &adminAnswer{ResponseWriter: w}
		handle(answer, r)
		event := audit.Event{
			UserIdentity: localUser(r), EventSource: "slipher", EventName: name, SourceIPAddress: "admin socket", UserAgent: "slipher",
			EventID: uuid.NewString(), ReadOnly: readOnly, EventType: "AdminSocketCall",
		}
		if json.Valid(asked) {
			event.RequestParameters = asked
		}
		if answer.status >= http.StatusBadRequest {
			event.ErrorCode, event.ErrorMessage = http.StatusText(answer.status), strings.TrimSpace(answer.refusal.String())
		}
		s.audit.Record(event)
	}
}

// adminAnswer remembers a refusal.
type adminAnswer struct {
	http.ResponseWriter
	status  int
	refusal bytes.Buffer
}

func (a *adminAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *adminAnswer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (a *adminAnswer) Write(body []byte) (int, error) {
	if a.status >= http.StatusBadRequest {
		a.refusal.Write(body)
	}
	return a.ResponseWriter.Write(body)
}

// localUser is whoever opened the socket, as the system says.
func localUser(r *http.Request) audit.Identity {
	identity := audit.Identity{Type: "LocalUser"}
	uid, ok := r.Context().Value(peerKey{}).(uint32)
	if !ok {
		return identity
	}
	identity.PrincipalID = strconv.FormatUint(uint64(uid), 10)
	if known, err := user.LookupId(identity.PrincipalID); err == nil {
		identity.UserName = known.Username
	}
	return identity
}

// peerKey finds the number of the user at the other end of a unix socket.
type peerKey struct{}
