package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

func (b *bench) of(step, side string) measured { return medians(b.runs[step+"/"+side]) }

func (b *bench) perSecond(m measured) string {
	return fmt.Sprintf("%.0f MB/s", float64(b.bytes)/1e6/m.wall.Seconds())
}

// ratio is how much longer the other side takes.
func ratio(slipher, other measured) string {
	return fmt.Sprintf("%.2f", other.wall.Seconds()/slipher.wall.Seconds())
}

// print writes the table as Markdown that is also readable as it is.
func (b *bench) print(to io.Writer) {
	out := tabwriter.NewWriter(to, 0, 0, 1, ' ', tabwriter.Debug)
	defer out.Flush()
	row := func(cells ...any) {
		for _, cell := range cells {
			fmt.Fprintf(out, "\t %v ", cell)
		}
		fmt.Fprintln(out, "\t")
	}
	row("what", "slipher", "other side", "ratio", "goal")
	row("---", "---", "---", "---", "---")
	b.printFirst(row, "first")
	if b.cold {
		b.printFirst(row, "first, cold")
	}
	b.printLater(row)
	verify, check := b.of("verify", "slipher"), b.of("verify", "restic")
	row("verify", b.perSecond(verify), "restic "+b.perSecond(check), ratio(verify, check), "2.5")
	b.printRestore(row, "restore")
	if b.cold {
		b.printRestore(row, "restore, cold")
	}
	for _, step := range []string{"first", "restore"} {
		m := b.of(step, "slipher")
		row("peak memory, "+step, megabytes(m.peak), "the process before it began "+megabytes(m.before), "", "below 64 MB")
	}
}

func (b *bench) printFirst(row func(...any), step string) {
	slipher, restic, cp := b.of(step, "slipher"), b.of(step, "restic"), b.of(step, "cp")
	what := map[string]string{"first": "first snapshot", "first, cold": "first snapshot, database not in the cache"}[step]
	row(what, b.perSecond(slipher), "restic "+b.perSecond(restic), ratio(slipher, restic), "4, aim 7")
	row(what, b.perSecond(slipher), "cp "+b.perSecond(cp), ratio(slipher, cp), "0.6, aim 0.85")
	if step == "first" {
		row("its processor time", seconds(slipher.cpu), "restic "+seconds(restic.cpu), quotient(restic.cpu.Seconds(), slipher.cpu.Seconds()), "")
		row("stored bytes", megabytes(slipher.stored), "restic "+megabytes(restic.stored), quotient(float64(slipher.stored), float64(restic.stored)), "at most 1.06")
	}
}

func (b *bench) printLater(row func(...any)) {
	first, second, restic := b.of("first", "slipher"), b.of("second", "slipher"), b.of("second", "restic")
	what := fmt.Sprintf("second snapshot, %.1f %% new blocks", b.newShare*100)
	row(what, millis(second), "restic "+millis(restic), ratio(second, restic), "20")
	row(what, millis(second), "the first "+millis(first), quotient(second.wall.Seconds(), first.wall.Seconds()), "below 0.1")
	row("its stored bytes", megabytes(second.stored), "restic "+megabytes(restic.stored), quotient(float64(second.stored), float64(restic.stored)), "")
	unchanged, restic := b.of("unchanged", "slipher"), b.of("unchanged", "restic")
	row("nothing changed", millis(unchanged), "restic "+millis(restic), ratio(unchanged, restic), "below 100 ms")
}

func (b *bench) printRestore(row func(...any), step string) {
	slipher, restic, cp := b.of(step, "slipher"), b.of(step, "restic"), b.of(step, "cp")
	what := map[string]string{"restore": "full restore", "restore, cold": "full restore, nothing in the cache"}[step]
	row(what, b.perSecond(slipher), "cp "+b.perSecond(cp), ratio(slipher, cp), "0.9")
	row(what, b.perSecond(slipher), "restic "+b.perSecond(restic), ratio(slipher, restic), "1.6")
	if step == "restore" {
		row("its processor time", seconds(slipher.cpu), "restic "+seconds(restic.cpu), quotient(restic.cpu.Seconds(), slipher.cpu.Seconds()), "")
	}
}
