package main

import (
	"context"
	"embed"
	"fmt"
	"math"
	"slices"
	"time"
)

//go:embed queries/*.sql
var queryFiles embed.FS

const queryCount = 22

func query(number int) string {
	text, err := queryFiles.ReadFile(fmt.Sprintf("queries/%02d.sql", number))
	if err != nil {
		panic(err)
	}
	return string(text)
}

// side runs queries and knows what they cost.
type side interface {
	name() string
	// run runs a query and reads all of its rows.
	run(ctx context.Context, sql string) (rows int, err error)
	// spent is the processor time of the side's processes so far.
	spent() (time.Duration, error)
	close() error
}

// cost is the processor time that work takes a side.
func cost(s side, work func() error) (time.Duration, error) {
	before, err := s.spent()
	if err != nil {
		return 0, err
	}
	if err := work(); err != nil {
		return 0, err
	}
	after, err := s.spent()
	return after - before, err
}

// measureQueries runs each query on each side in turns, of which the cheapest counts: what else the machine does only adds to it. Every side
// runs it once before, since the first time reads what is not in memory yet.
func measureQueries(ctx context.Context, set settings, sides []side) error {
	printHead(sides)
	ratios := make([][]float64, len(sides))
	totals := make([]time.Duration, len(sides))
	for number := 1; number <= queryCount; number++ {
		if !set.chosen(number) {
			continue
		}
		costs, err := measureQuery(ctx, set, sides, number)
		if err != nil {
			return fmt.Errorf("query %d: %w", number, err)
		}
		for i := range sides {
			ratios[i] = append(ratios[i], costs[0].Seconds()/costs[i].Seconds())
			totals[i] += costs[i]
		}
		printRow(fmt.Sprint(number), costs, costs[0])
	}
	printRow("all", totals, totals[0])
	printMeans(ratios)
	return nil
}

func measureQuery(ctx context.Context, set settings, sides []side, number int) ([]time.Duration, error) {
	text := query(number)
	costs := make([][]time.Duration, len(sides))
	rows := make([]int, len(sides))
	for round := range set.rounds + 1 {
		for i, s := range sides {
			took, err := cost(s, func() (err error) {
				rows[i], err = s.run(ctx, text)
				return err
			})
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.name(), err)
			}
			if rows[i] != rows[0] {
				return nil, fmt.Errorf("%s answers %d rows, %s %d", sides[0].name(), rows[0], s.name(), rows[i])
			}
			if round > 0 {
				costs[i] = append(costs[i], took)
			}
		}
	}
	least := make([]time.Duration, len(sides))
	for i := range sides {
		least[i] = slices.Min(costs[i])
	}
	return least, nil
}

func geometricMean(ratios []float64) float64 {
	sum := 0.0
	for _, ratio := range ratios {
		sum += math.Log(ratio)
	}
	return math.Exp(sum / float64(len(ratios)))
}
