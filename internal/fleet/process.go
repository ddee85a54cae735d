package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"slipher/internal/confine"
	"slipher/internal/nodeapi"
)

// process is one run of the node command.
type process struct {
	command *exec.Cmd
	alive   *os.File // write end of the pipe by which the child sees that its parent is gone
	client  *http.Client
	socket  string
	ended   chan struct{} // closed when the process has ended
}

// startProcess runs the node command with the control socket, the SQL socket and the parent's pipe as inherited descriptors. The child gets no
// environment but what the configuration lists: all else that it needs comes on its standard input.
func startProcess(config Config, node nodeapi.Config, sql *net.TCPListener) (*process, error) {
	control, socket, err := controlSocket(config.RunDir)
	if err != nil {
		return nil, err
	}
	defer control.Close()
	sqlFile, err := sql.File()
	if err != nil {
		return nil, fmt.Errorf("share the SQL socket: %w", err)
	}
	defer sqlFile.Close()
	childEnd, alive, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make the parent's pipe: %w", err)
	}
	defer childEnd.Close()

	command, err := startCommand(config, node, []*os.File{control, sqlFile, childEnd}) // nodeapi.FDControl, nodeapi.FDSQL, nodeapi.FDParent
	if err != nil {
		alive.Close()
		return nil, err
	}
	p := &process{command: command, alive: alive, socket: socket, client: unixClient(socket), ended: make(chan struct{})}
	go p.reap()
	return p, nil
}

// startCommand gives the node mounts of its own where the system lets it: they end with the process, however that ends, and nobody else sees them.
func startCommand(config Config, node nodeapi.Config, inherited []*os.File) (*exec.Cmd, error) {
	attributes := withOwnMounts()
	if attributes != nil {
		command, err := nodeCommand(config, node, inherited, attributes)
		if err != nil {
			return nil, err
		}
		if confine.Starting(command.Start) == nil {
			return command, nil
		}
	}
	node.ViewDir = ""
	command, err := nodeCommand(config, node, inherited, &syscall.SysProcAttr{})
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the node process: %w", err)
	}
	return command, nil
}

func nodeCommand(config Config, node nodeapi.Config, inherited []*os.File, attributes *syscall.SysProcAttr) (*exec.Cmd, error) {
	body, err := json.Marshal(node)
	if err != nil {
		return nil, fmt.Errorf("encode the node's configuration: %w", err)
	}
	command := exec.Command(config.Binary, "node") //nolint:noctx // a node outlives the call that starts it; stop and kill end it
	command.Env = append([]string{"TZ=UTC"}, config.Environment...)
	command.Stdin = bytes.NewReader(body)
	command.Stderr = config.NodeLog
	command.ExtraFiles = inherited
	// A group of its own keeps the terminal's Ctrl-C for the parent, which then ends its nodes in order.
	attributes.Setpgid = true
	command.SysProcAttr = attributes
	return command, nil
}

// controlSocket listens on a fresh unix socket. Only the child keeps the listening end: a dead child then refuses calls at once.
func controlSocket(dir string) (*os.File, string, error) {
	name, err := os.CreateTemp(dir, "node-*.sock")
	if err != nil {
		return nil, "", fmt.Errorf("name the control socket: %w", err)
	}
	name.Close()
	os.Remove(name.Name())
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: name.Name()})
	if err != nil {
		return nil, "", fmt.Errorf("listen on the control socket: %w", err)
	}
	listener.SetUnlinkOnClose(false)
	defer listener.Close()
	file, err := listener.File()
	if err != nil {
		return nil, "", fmt.Errorf("share the control socket: %w", err)
	}
	return file, name.Name(), nil
}

func unixClient(socket string) *http.Client {
	var dialer net.Dialer
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", socket)
		},
		MaxIdleConnsPerHost: 4,
		IdleConnTimeout:     time.Minute,
	}}
}

func (p *process) reap() {
	_ = p.command.Wait() // exit tells how it ended
	p.alive.Close()
	p.client.CloseIdleConnections()
	os.Remove(p.socket)
	close(p.ended)
}

func (p *process) gone() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

func (p *process) kill() { p.command.Process.Kill() }

func (p *process) exit() string { return p.command.ProcessState.String() }

// RunDirPrefix begins the name of every folder that RunDir makes.
const RunDirPrefix = "slipher-run-"

// RunDir makes a folder with a short name for unix sockets, whose paths may have no more than about 100 bytes.
func RunDir() (string, error) {
	dir, err := os.MkdirTemp("", RunDirPrefix+"*")
	if err != nil {
		return "", fmt.Errorf("make a folder for sockets: %w", err)
	}
	if path := filepath.Join(dir, strings.Repeat("x", 30)); len(path) > 100 {
		os.Remove(dir)
		return "", fmt.Errorf("the temporary folder %s has too long a name for sockets; set TMPDIR to a shorter one", dir)
	}
	return dir, nil
}
