package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// table makes the rows of one of TPC-H's tables: the same ones for the same scale. A row is good until the next one.
type table struct {
	name string
	rows func(g generator, row func(fields ...string) error) error
}

var tables = []table{
	{"region", generator.regions}, {"nation", generator.nations}, {"supplier", generator.suppliers}, {"part", generator.parts},
	{"partsupp", generator.offers}, {"customer", generator.customers}, {"orders", generator.orders}, {"lineitem", generator.lines},
}

// generator makes tables whose sizes are those of TPC-H at a scale, and whose values are spread as its queries need it.
type generator struct{ scale float64 }

func (g generator) size(at1 int) int { return max(1, int(float64(at1)*g.scale)) }

func (g generator) supplierCount() int { return g.size(10_000) }
func (g generator) partCount() int     { return g.size(200_000) }
func (g generator) customerCount() int { return g.size(150_000) }
func (g generator) orderCount() int    { return g.size(1_500_000) }

// random makes the values of one row, whatever was made before it.
type random struct{ *rand.Rand }

func rowOf(table uint64, key int) random { return random{rand.New(rand.NewPCG(table, uint64(key)))} }

func (r random) between(low, high int) int  { return low + r.IntN(high-low+1) }
func (r random) one(of []string) string     { return of[r.IntN(len(of))] }
func (r random) cents(low, high int) string { return cents(r.between(low, high)) }
func (r random) text(least, most int) string {
	return strings.Join(r.some(words, r.between(least, most)), " ")
}
func (r random) phone(nation int) string {
	return fmt.Sprintf("%d-%d-%d-%d", nation+10, r.between(100, 999), r.between(100, 999), r.between(1000, 9999))
}
func (r random) address() string { return strconv.FormatUint(r.Uint64(), 36) + " " + r.one(words) }
func (r random) some(of []string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = r.one(of)
	}
	return out
}

func cents(n int) string {
	if n < 0 {
		return "-" + cents(-n)
	}
	return fmt.Sprintf("%d.%02d", n/100, n%100)
}

func (generator) regions(row func(...string) error) error {
	for i, name := range regions {
		if err := row(strconv.Itoa(i), name, rowOf(0, i).text(4, 10)); err != nil {
			return err
		}
	}
	return nil
}

func (generator) nations(row func(...string) error) error {
	for i, nation := range nations {
		if err := row(strconv.Itoa(i), nation.name, strconv.Itoa(nation.region), rowOf(1, i).text(4, 10)); err != nil {
			return err
		}
	}
	return nil
}

func (g generator) suppliers(row func(...string) error) error {
	for key := 1; key <= g.supplierCount(); key++ {
		r := rowOf(2, key)
		nation, comment := r.IntN(len(nations)), r.text(4, 7)
		if key%2000 == 7 {
			comment = "the Customer wrote many Complaints"
		}
		err := row(strconv.Itoa(key), fmt.Sprintf("Supplier#%09d", key), r.address(), strconv.Itoa(nation), r.phone(nation), r.cents(-99_999, 999_999), comment)
		if err != nil {
			return err
		}
	}
	return nil
}

func (g generator) parts(row func(...string) error) error {
	for key := 1; key <= g.partCount(); key++ {
		r := rowOf(3, key)
		maker := r.between(1, 5)
		err := row(strconv.Itoa(key), strings.Join(r.some(colours, 5), " "), fmt.Sprintf("Manufacturer#%d", maker), fmt.Sprintf("Brand#%d%d", maker, r.between(1, 5)),
			r.one(sizes)+" "+r.one(finishes)+" "+r.one(metals), strconv.Itoa(r.between(1, 50)), r.one(amounts)+" "+r.one(containers), cents(retailPrice(key)), r.one(words))
		if err != nil {
			return err
		}
	}
	return nil
}

func retailPrice(part int) int { return 90_000 + part/10%20_001 + 100*(part%1000) }

// offered is one of the four suppliers of a part.
func (g generator) offered(part, which int) int {
	suppliers := g.supplierCount()
	return (part+which*(suppliers/4+(part-1)/suppliers))%suppliers + 1
}

func (g generator) offers(row func(...string) error) error {
	for part := 1; part <= g.partCount(); part++ {
		for which := range 4 {
			r := rowOf(4, part*4+which)
			err := row(strconv.Itoa(part), strconv.Itoa(g.offered(part, which)), strconv.Itoa(r.between(1, 9999)), r.cents(100, 100_000), r.text(8, 15))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (g generator) customers(row func(...string) error) error {
	for key := 1; key <= g.customerCount(); key++ {
		r := rowOf(5, key)
		nation := r.IntN(len(nations))
		err := row(strconv.Itoa(key), fmt.Sprintf("Customer#%09d", key), r.address(), strconv.Itoa(nation), r.phone(nation), r.cents(-99_999, 999_999), r.one(segments), r.text(4, 9))
		if err != nil {
			return err
		}
	}
	return nil
}

var (
	firstDay = time.Date(1992, 1, 1, 0, 0, 0, 0, time.UTC)
	today    = time.Date(1995, 6, 17, 0, 0, 0, 0, time.UTC) // as the lines see it: what ships later is open
)

const orderDays = 2406 // the last 151 of the seven years take no orders

// order is what an order and its lines have in common.
type order struct {
	key   int
	date  time.Time
	lines int
	random
}

// order spreads the keys: 8 of each 32 are used.
func (g generator) order(i int) order {
	r := rowOf(6, i)
	return order{key: i/8*32 + i%8 + 1, date: firstDay.AddDate(0, 0, r.IntN(orderDays)), lines: r.between(1, 7), random: r}
}

func (g generator) orders(row func(...string) error) error {
	for i := range g.orderCount() {
		o := g.order(i)
		total, open := 0, 0
		for number := range o.lines {
			line := g.line(o, i, number)
			total += line.price * (100 - line.discount) / 100 * (100 + line.tax) / 100
			if line.shipped.After(today) {
				open++
			}
		}
		status := "P"
		switch open {
		case 0:
			status = "F"
		case o.lines:
			status = "O"
		}
		r := rowOf(7, i)
		customer := r.between(1, g.customerCount())
		if customer%3 == 0 && customer > 1 { // a third of the customers never order
			customer--
		}
		err := row(strconv.Itoa(o.key), strconv.Itoa(customer), status, cents(total), o.date.Format(time.DateOnly), r.one(priorities),
			fmt.Sprintf("Clerk#%09d", r.between(1, g.size(1000))), "0", r.text(3, 6))
		if err != nil {
			return err
		}
	}
	return nil
}

// line is what an order sums up of one of its lines.
type line struct {
	part, quantity, price, discount, tax int
	shipped                              time.Time
	random
}

func (g generator) line(o order, orderNumber, number int) line {
	r := rowOf(8, orderNumber*8+number)
	l := line{part: r.between(1, g.partCount()), quantity: r.between(1, 50), discount: r.IntN(11), tax: r.IntN(9), shipped: o.date.AddDate(0, 0, r.between(1, 121)), random: r}
	l.price = l.quantity * retailPrice(l.part)
	return l
}

func (g generator) lines(row func(...string) error) error {
	for i := range g.orderCount() {
		o := g.order(i)
		for number := range o.lines {
			l := g.line(o, i, number)
			received := l.shipped.AddDate(0, 0, l.between(1, 30))
			returned, status := "N", "F"
			if !received.After(today) {
				returned = l.one([]string{"R", "A"})
			}
			if l.shipped.After(today) {
				status = "O"
			}
			err := row(strconv.Itoa(o.key), strconv.Itoa(l.part), strconv.Itoa(g.offered(l.part, l.IntN(4))), strconv.Itoa(number+1), strconv.Itoa(l.quantity), cents(l.price),
				cents(l.discount), cents(l.tax), returned, status, l.shipped.Format(time.DateOnly), o.date.AddDate(0, 0, l.between(30, 90)).Format(time.DateOnly),
				received.Format(time.DateOnly), l.one(instructs), l.one(modes), l.text(1, 3))
			if err != nil {
				return err
			}
		}
	}
	return nil
}
