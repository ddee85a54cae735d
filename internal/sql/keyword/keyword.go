// Package keyword holds the words that are more than names, in Redshift's grammar and in the engine's, and how names are
// folded.
package keyword

import "strings"

// Words is a set of words, written with blanks between them.
func Words(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

// Reserved are Redshift's reserved words: they name nothing unless quoted. Two that Redshift documents as reserved
// are left out because it accepts them as column names all the same: oid and timestamp.
var Reserved = Words(`
	aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary
	blanksasnull both bytedict bzip2 case cast check collate column constraint create credentials cross current_date
	current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta delta32k desc
	disable distinct do else emptyasnull enable encode encrypt encryption end except explicit false for foreign freeze
	from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially inner intersect
	interval into is isnull join leading left like limit localtime localtimestamp lun luns lzo lzop minus mostly16
	mostly32 mostly8 natural new not notnull null nulls off offline offset old on only open or order outer overlaps
	parallel partition percent permissions pivot placing primary qualify raw readratio recover references rejectlog
	resort respect restore right select session_user similar snapshot some sysdate system table tag tdes text255
	text32k then to top trailing true truncatecolumns union unique unnest unpivot user using verbose wallet when where
	with without`)

// Callable are the reserved words that are functions when a parenthesis follows.
var Callable = Words(`left right unnest array snapshot isnull user session_user current_user current_date
	current_timestamp explicit encode binary table identity`)

// BareFunctions are functions called without parentheses.
var BareFunctions = Words(`current_user session_user user current_user_id current_date current_time
	current_timestamp localtime localtimestamp sysdate`)

// EngineReserved are the words that DuckDB takes as names only in quotes: its keywords of any kind but "unreserved".
var EngineReserved = Words(`
	all analyse analyze and anti any array as asc asof asymmetric at authorization between bigint binary bit boolean
	both by case cast char character check coalesce collate collation column columns concurrently constraint create
	cross current_catalog current_date current_role current_schema current_time current_timestamp current_user dec
	decimal default deferrable desc describe distinct do else end except exists extract false fetch float for foreign
	freeze from full generated glob grouping grouping_id group having ilike in initially inner inout int integer
	intersect interval into is isnull join lambda lateral leading left like limit localtime localtimestamp map national
	natural nchar none not notnull null nullif numeric offset on only or order out outer overlaps overlay pivot
	pivot_longer pivot_wider placing position positional precision primary qualify real references returning right row
	select semi session_user setof show similar smallint some struct substring summarize symmetric table tablesample
	then time timestamp to trailing treat trim true try_cast union unique unpack unpivot user using values varchar
	variadic verbose when where window with`)

// Fold lowers the ASCII letters of a name and leaves every other character alone.
func Fold(name string) string {
	for i := 0; i < len(name); i++ {
		if 'A' <= name[i] && name[i] <= 'Z' {
			return foldFrom(name, i)
		}
	}
	return name
}

func foldFrom(name string, first int) string {
	folded := []byte(name)
	for i := first; i < len(folded); i++ {
		if 'A' <= folded[i] && folded[i] <= 'Z' {
			folded[i] += 'a' - 'A'
		}
	}
	return string(folded)
}
