package main

import (
	"fmt"
	"time"
)

func millis(m measured) string           { return fmt.Sprintf("%.0f ms", m.wall.Seconds()*1e3) }
func seconds(d time.Duration) string     { return fmt.Sprintf("%.2f s", d.Seconds()) }
func megabytes(bytes int64) string       { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
func quotient(this, that float64) string { return fmt.Sprintf("%.2f", this/that) }
