package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

const reader = "reader"

// measureReads reads single rows by their key: as the admin, as a user with a grant on the table, prepared once and as plain text.
func measureReads(ctx context.Context, set settings, s *slipher) error {
	for _, statement := range []string{"create user " + reader + " password '" + password + "'", "grant select on customer to " + reader} {
		if _, err := s.Exec(ctx, statement); err != nil {
			return err
		}
	}
	granted, err := s.connect(ctx, reader)
	if err != nil {
		return err
	}
	defer granted.Close(ctx)
	fmt.Printf("\n| one row by its key | admin | a user with a grant | to the admin |\n|---|--:|--:|--:|\n")
	for _, way := range []struct {
		name string
		read func(ctx context.Context, conn *pgx.Conn, key int) error
	}{{"prepared once", readPrepared}, {"text", readText}} {
		costs := make([][]time.Duration, 2)
		for range set.rounds + 1 {
			for i, conn := range []*pgx.Conn{s.Conn, granted} {
				took, err := cost(s, func() error {
					for row := range set.reads {
						if err := way.read(ctx, conn, row*7919%generator{set.scale}.customerCount()+1); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					return fmt.Errorf("point reads: %w", err)
				}
				costs[i] = append(costs[i], took/time.Duration(set.reads))
			}
		}
		ours, theirs := slices.Min(costs[0]), slices.Min(costs[1])
		fmt.Printf("| %s | %s | %s | %.2f |\n", way.name, milliseconds(ours), milliseconds(theirs), theirs.Seconds()/ours.Seconds())
	}
	return nil
}

const read = "select c_name from customer where c_custkey = "

func readPrepared(ctx context.Context, conn *pgx.Conn, key int) error {
	var name string
	return conn.QueryRow(ctx, read+"$1", key).Scan(&name)
}

func readText(ctx context.Context, conn *pgx.Conn, key int) error {
	rows, err := wire{conn}.run(ctx, read+strconv.Itoa(key))
	if err == nil && rows != 1 {
		err = fmt.Errorf("%d customers have the key %d", rows, key)
	}
	return err
}
