package main

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
	"github.com/jackc/pgx/v5"
)

// flightsCSV holds 5,000 US domestic flights of the first quarter of 2001: departure, delay on arrival, distance, origin, destination. Source: US
// Bureau of Transportation Statistics, Airline On-Time Performance Data (a work of the US government, in the public domain).
//
//go:embed data/flights.csv.gz
var flightsCSV []byte

const createFlights = `
create table flights (
  departed       timestamp   not null encode az64,
  delay_minutes  smallint    encode az64,
  distance_miles smallint    encode az64,
  origin         char(3)     not null encode lzo,
  destination    char(3)     not null encode lzo
) distkey(origin) sortkey(departed)`

const busiestOrigins = `
select origin, count(*) as flights, avg(delay_minutes::float)::decimal(6,1) as mean_delay, max(distance_miles) as longest
from flights group by origin order by flights desc, origin limit 5`

const password = "Redshift1"

// connect opens a plain PostgreSQL connection to the cluster's endpoint.
func connect(ctx context.Context, cluster types.Cluster) (*pgx.Conn, error) {
	dsn := fmt.Sprintf("postgres://%s:%s@%s:%d/%s?sslmode=require", *cluster.MasterUsername, password, *cluster.Endpoint.Address, *cluster.Endpoint.Port, *cluster.DBName)
	return pgx.Connect(ctx, dsn)
}

// loadFlights creates the table and streams the rows in with COPY.
func loadFlights(ctx context.Context, conn *pgx.Conn) (int64, error) {
	if _, err := conn.Exec(ctx, createFlights); err != nil {
		return 0, fmt.Errorf("create the table: %w", err)
	}
	rows, err := gzip.NewReader(bytes.NewReader(flightsCSV))
	if err != nil {
		return 0, err
	}
	tag, err := conn.PgConn().CopyFrom(ctx, rows, "copy flights from stdin csv header")
	if err != nil {
		return 0, fmt.Errorf("load the rows: %w", err)
	}
	return tag.RowsAffected(), nil
}

// summary is what both accounts must read: the rows of busiestOrigins, and a count and checksum over every row.
type summary struct {
	rows  int64
	sum   string
	table string
}

func summarise(ctx context.Context, cluster types.Cluster) (summary, error) {
	conn, err := connect(ctx, cluster)
	if err != nil {
		return summary{}, err
	}
	defer conn.Close(ctx)
	var s summary
	err = conn.QueryRow(ctx, `select count(*), sum(delay_minutes)::varchar || ' ' || sum(distance_miles)::varchar || ' ' || count(distinct origin || destination)::varchar from flights`).Scan(&s.rows, &s.sum)
	if err != nil {
		return summary{}, fmt.Errorf("read the flights: %w", err)
	}
	rows, err := conn.Query(ctx, busiestOrigins)
	if err != nil {
		return summary{}, err
	}
	defer rows.Close()
	var table strings.Builder
	fmt.Fprintf(&table, "      %-8s %8s %11s %8s\n", "origin", "flights", "mean delay", "longest")
	for rows.Next() {
		var origin, delay string
		var flights int64
		var longest int16
		if err := rows.Scan(&origin, &flights, &delay, &longest); err != nil {
			return summary{}, err
		}
		fmt.Fprintf(&table, "      %-8s %8d %11s %8d\n", origin, flights, delay, longest)
	}
	s.table = table.String()
	return s, rows.Err()
}

func (s summary) print(w io.Writer) { fmt.Fprint(w, s.table) }
