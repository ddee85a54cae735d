package process

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"

	"slipher/internal/confine"
)

// fillerProcess is a filler as its node sees it.
type fillerProcess struct {
	commands io.WriteCloser
	events   io.ReadCloser
	wait     func() // to be called when events have ended
}

// starter starts fillers for a node that has given up too much to start them itself. It is a process: the other end of the socket.
type starter struct {
	process *exec.Cmd

	mu     sync.Mutex // held while something is sent
	socket *net.UnixConn
}

// fdStarter is the descriptor that the process inherits.
const fdStarter = 3

func openStarter() (*starter, error) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("make a socket for what starts fillers: %w", err)
	}
	near, far := os.NewFile(uintptr(pair[0]), "starter"), os.NewFile(uintptr(pair[1]), "node")
	defer far.Close()
	socket, err := unixSocket(near)
	if err != nil {
		return nil, err
	}
	command, err := ownCommand("start-fillers")
	if err != nil {
		return nil, errors.Join(err, socket.Close())
	}
	command.ExtraFiles = []*os.File{far}
	if err := command.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start what starts fillers: %w", err), socket.Close())
	}
	return &starter{process: command, socket: socket}, nil
}

func unixSocket(file *os.File) (*net.UnixConn, error) {
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, fmt.Errorf("take over a socket: %w", err)
	}
	return conn.(*net.UnixConn), nil
}

// ownCommand is a command of slipher's own program.
func ownCommand(name string) (*exec.Cmd, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find slipher's own program: %w", err)
	}
	command := exec.Command(binary, name) //nolint:noctx // a starter and its fillers end with the socket that they are given
	command.Env, command.Stderr = os.Environ(), os.Stderr
	return command, nil
}

// start starts a filler. Without a starter it is a child of this process.
func (s *starter) start() (*fillerProcess, error) {
	itsCommands, commands, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer itsCommands.Close()
	events, itsEvents, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, commands.Close())
	}
	defer itsEvents.Close()
	wait, err := s.startWith(itsCommands, itsEvents)
	if err != nil {
		return nil, errors.Join(err, commands.Close(), events.Close())
	}
	return &fillerProcess{commands: commands, events: events, wait: func() { wait(); events.Close() }}, nil
}

func (s *starter) startWith(commands, events *os.File) (wait func(), err error) {
	if s == nil {
		return startFiller(commands, events)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _, err = s.socket.WriteMsgUnix([]byte{0}, syscall.UnixRights(int(commands.Fd()), int(events.Fd())), nil)
	return func() {}, err
}

func startFiller(commands, events *os.File) (wait func(), err error) {
	command, err := ownCommand("fill")
	if err != nil {
		return nil, err
	}
	command.Stdin, command.Stdout = commands, events
	if err := command.Start(); err != nil {
		return nil, err
	}
	return func() { _ = command.Wait() }, nil
}

// end lets the process go. Fillers that are at work stay until their nodes let them go.
func (s *starter) end() error {
	if s == nil {
		return nil
	}
	err := s.socket.Close()
	return errors.Join(err, s.process.Wait())
}

// StartFillers is the start-fillers command: it starts a filler for each pair of descriptors that the node sends, until the node is gone.
func StartFillers() error {
	if err := confine.Hide(); err != nil {
		return err
	}
	socket, err := unixSocket(os.NewFile(fdStarter, "node"))
	if err != nil {
		return err
	}
	defer socket.Close()
	var fillers sync.WaitGroup
	defer fillers.Wait()
	for {
		commands, events, err := receiveFiles(socket)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		wait, err := startFiller(commands, events)
		commands.Close()
		events.Close() // where no filler has it, the node hears that there is none
		if err != nil {
			fmt.Fprintln(os.Stderr, "slipher: start to fill the restored files:", err)
			continue
		}
		fillers.Go(wait)
	}
}

func receiveFiles(socket *net.UnixConn) (commands, events *os.File, err error) {
	var message [1]byte
	control := make([]byte, syscall.CmsgSpace(2*4))
	n, size, _, _, err := socket.ReadMsgUnix(message[:], control)
	if err != nil {
		return nil, nil, err
	}
	if n == 0 {
		return nil, nil, io.EOF
	}
	messages, err := syscall.ParseSocketControlMessage(control[:size])
	if err != nil || len(messages) != 1 {
		return nil, nil, fmt.Errorf("a node sent no files: %w", err)
	}
	fds, err := syscall.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 2 {
		return nil, nil, fmt.Errorf("a node sent %d files: %w", len(fds), err)
	}
	for _, fd := range fds {
		syscall.CloseOnExec(fd)
	}
	return os.NewFile(uintptr(fds[0]), "commands"), os.NewFile(uintptr(fds[1]), "events"), nil
}
