package pgwire

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sort"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
)

// The codes that stand in the place of a protocol version.
const (
	cancelRequestCode = 1234<<16 | 5678
	sslRequestCode    = 1234<<16 | 5679
	gssRequestCode    = 1234<<16 | 5680

	maxStartupPacket = 10_000 // as PostgreSQL has it
)

// greeting is what the connection was brought to before anything was proved.
type greeting struct {
	conn     net.Conn // inside TLS when the client asked for it
	out      outbound
	version  uint32   // of the protocol, as asked for
	unknown  []string // protocol options we do not have
	startup  Startup
	tlsState *tls.ConnectionState
}

// greet answers what clients ask before the start-up message, and reads that. A cancel request is carried out and ends
// the connection.
func greet(ctx context.Context, conn net.Conn, config Config) (*greeting, error) {
	g := &greeting{conn: conn, out: outbound{conn: conn}, startup: Startup{Remote: conn.RemoteAddr()}}
	for {
		packet, err := readStartupPacket(g.conn)
		if err != nil {
			return g, err
		}
		switch code := binary.BigEndian.Uint32(packet); code {
		case sslRequestCode:
			err = g.startTLS(ctx, config.TLS)
		case gssRequestCode:
			_, err = g.conn.Write([]byte{'N'})
		case cancelRequestCode:
			return g, cancelFrom(packet, config.Cancels)
		default:
			return g, g.hello(code, packet)
		}
		if err != nil {
			return g, err
		}
	}
}

// readStartupPacket reads no further than the packet's end: what follows an SSLRequest belongs to the TLS handshake, and bytes
// that somebody slipped in between must not be taken for the client's own.
func readStartupPacket(conn io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return nil, fmt.Errorf("read the start-up packet's length: %w", err)
	}
	size := int64(binary.BigEndian.Uint32(head[:])) - 4
	if size < 4 || size > maxStartupPacket {
		return nil, fmt.Errorf("not a start-up packet: its length is %d", size)
	}
	packet := make([]byte, size)
	if _, err := io.ReadFull(conn, packet); err != nil {
		return nil, fmt.Errorf("read the start-up packet: %w", err)
	}
	return packet, nil
}

func (g *greeting) startTLS(ctx context.Context, config *tls.Config) error {
	if config == nil || g.tlsState != nil {
		_, err := g.conn.Write([]byte{'N'})
		return err
	}
	if _, err := g.conn.Write([]byte{'S'}); err != nil {
		return err
	}
	secured := tls.Server(g.conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("TLS handshake: %w", err)
	}
	state := secured.ConnectionState()
	g.conn, g.out.conn, g.tlsState, g.startup.TLS = secured, secured, &state, true
	return nil
}

func cancelFrom(packet []byte, cancels *Cancels) error {
	var request pgproto3.CancelRequest
	if err := request.Decode(packet); err != nil {
		return fmt.Errorf("cancel request: %w", err)
	}
	cancels.cancel(request.ProcessID, request.SecretKey)
	return errCancelRequest
}

// hello reads the start-up message. Its mistakes are worth an answer, so they are sent before they are returned.
func (g *greeting) hello(version uint32, packet []byte) error {
	err := g.decode(version, packet)
	if err == nil {
		return nil
	}
	g.out.send(err.response("FATAL"))
	g.out.flush()
	return err
}

func (g *greeting) decode(version uint32, packet []byte) *Error {
	if version>>16 != 3 {
		return &Error{Code: "0A000", Message: fmt.Sprintf("unsupported frontend protocol %d.%d: server supports 3.0 to 3.2", version>>16, version&0xffff)}
	}
	g.version = version
	// The decoder knows the versions up to 3.2; the form of a later minor version's message is the same.
	binary.BigEndian.PutUint32(packet, pgproto3.ProtocolVersion30)
	var message pgproto3.StartupMessage
	if err := message.Decode(packet); err != nil {
		return protocolViolation("invalid startup packet layout: expected terminator as last byte")
	}
	g.startup.Parameters = message.Parameters
	g.startup.User = message.Parameters["user"]
	g.startup.Database = message.Parameters["database"]
	if g.startup.User == "" {
		return &Error{Code: "28000", Message: "no PostgreSQL user name specified in startup packet"}
	}
	if g.startup.Database == "" {
		g.startup.Database = g.startup.User
	}
	for name := range message.Parameters {
		if strings.HasPrefix(name, "_pq_.") {
			g.unknown = append(g.unknown, name)
		}
	}
	sort.Strings(g.unknown)
	return nil
}

// negotiate tells a client that asked for more than we have what it gets.
func (g *greeting) negotiate() {
	if g.version > pgproto3.ProtocolVersionLatest || len(g.unknown) > 0 {
		g.out.send(&pgproto3.NegotiateProtocolVersion{
			NewestMinorProtocol: min(g.version, pgproto3.ProtocolVersionLatest),
			UnrecognizedOptions: g.unknown,
		})
	}
}

// cancelSecretSize is what the client's protocol version allows: four bytes before 3.2.
func (g *greeting) cancelSecretSize() int {
	if g.version >= pgproto3.ProtocolVersion32 {
		return 32
	}
	return 4
}
