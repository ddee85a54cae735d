package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"slipher/internal/engine"
)

// alone is the engine without anything of slipher's in front of it, in a process of its own: a line of JSON with a query in, a line
// with the number of its rows out.
type alone struct {
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

type outcome struct {
	Rows  int
	Error string
}

func startEngine(ctx context.Context, set settings, dir string) (*alone, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	a := &alone{process: exec.CommandContext(ctx, program, "-engine", dir, "-scale", fmt.Sprint(set.scale))}
	a.process.Stderr = os.Stderr
	out, err := a.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if a.in, err = a.process.StdinPipe(); err != nil {
		return nil, err
	}
	if err := a.process.Start(); err != nil {
		return nil, err
	}
	a.out = bufio.NewScanner(out)
	if _, err := a.answer(); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

func (a *alone) name() string { return "engine" }

func (a *alone) run(_ context.Context, sql string) (rows int, err error) {
	if err := json.NewEncoder(a.in).Encode(sql); err != nil {
		return 0, err
	}
	return a.answer()
}

func (a *alone) answer() (rows int, err error) {
	var got outcome
	if !a.out.Scan() {
		return 0, errors.New("the engine's process ended")
	}
	if err := json.Unmarshal(a.out.Bytes(), &got); err != nil {
		return 0, err
	}
	if got.Error != "" {
		return 0, errors.New(got.Error)
	}
	return got.Rows, nil
}

func (a *alone) spent() (time.Duration, error) { return processorTime(a.process.Process.Pid) }

func (a *alone) close() error { return errors.Join(a.in.Close(), a.process.Wait()) }

// beEngine is the process: it loads the tables, says so, and runs queries until there are no more. Threads and memory are a node's.
func beEngine(ctx context.Context, dir string, scale float64) (err error) {
	database, err := engine.Open(ctx, engine.Config{
		Dir: dir, TempDir: filepath.Join(dir, "tmp"), Database: "dev", Create: true, MemoryLimit: "1GB", Threads: runtime.NumCPU(),
		SearchPath: []string{"public"}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	session, err := database.Session(ctx)
	if err != nil {
		return err
	}
	defer session.Close()
	if err := loadEngine(ctx, database, session, scale); err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(outcome{}); err != nil {
		return err
	}
	for in := json.NewDecoder(os.Stdin); ; {
		var sql string
		if err := in.Decode(&sql); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var got outcome
		if got.Rows, err = countRows(ctx, session, sql); err != nil {
			got.Error = err.Error()
		}
		if err := out.Encode(got); err != nil {
			return err
		}
	}
}

func countRows(ctx context.Context, session *engine.Session, sql string) (count int, err error) {
	statement, err := session.Prepare(ctx, sql)
	if err != nil {
		return 0, err
	}
	defer statement.Close()
	rows, err := statement.Run(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for {
		if _, err := rows.Next(ctx); errors.Is(err, io.EOF) {
			return count, nil
		} else if err != nil {
			return 0, err
		}
		count++
	}
}

func loadEngine(ctx context.Context, database *engine.Database, session *engine.Session, scale float64) error {
	for _, statement := range statements(schema) {
		if err := session.Exec(ctx, statement); err != nil {
			return err
		}
	}
	for _, table := range tables {
		if err := fillEngine(ctx, session, table, scale); err != nil {
			return fmt.Errorf("fill %s: %w", table.name, err)
		}
	}
	return database.Checkpoint(ctx)
}

func fillEngine(ctx context.Context, session *engine.Session, table table, scale float64) error {
	if err := session.Begin(ctx); err != nil {
		return err
	}
	columns, err := countColumns(ctx, session, table.name)
	if err != nil {
		return err
	}
	appender, err := session.Append(ctx, "INSERT INTO "+table.name+" SELECT * FROM "+engine.Appended, columns)
	if err != nil {
		return err
	}
	defer appender.Close()
	values := make([][]byte, columns)
	err = table.rows(generator{scale}, func(fields ...string) error {
		for i, field := range fields {
			values[i] = []byte(field)
		}
		return appender.Row(ctx, values)
	})
	if err != nil {
		return err
	}
	if _, err := appender.Finish(ctx); err != nil {
		return err
	}
	return session.Commit(ctx)
}

func countColumns(ctx context.Context, session *engine.Session, table string) (int, error) {
	statement, err := session.Prepare(ctx, "SELECT * FROM "+table)
	if err != nil {
		return 0, err
	}
	defer statement.Close()
	return len(statement.Columns()), nil
}
