package sqllog

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Text is the record as a line of Redshift's log files ("Database audit logging" in the Management Guide, and STL_CONNECTION_LOG and STL_USERLOG in the
// Developer Guide, for the order of the columns), with the line's end.
func (r Record) Text() string {
	switch r.Log {
	case Users:
		return r.userLine()
	case Activity:
		return r.activityLine()
	}
	return r.connectionLine()
}

// columns are separated by a bar; texts have a blank behind them, as Redshift's own have.
type columns []string

func (c *columns) text(values ...string) {
	for _, value := range values {
		*c = append(*c, plain(value)+" ")
	}
}

func (c *columns) number(value int64) { *c = append(*c, strconv.FormatInt(value, 10)) }

func (c *columns) moment(at time.Time) {
	at = at.UTC()
	*c = append(*c, at.Format("Mon, 2 Jan 2006 15:04:05")+":"+at.Format(".000")[1:])
}

func (c columns) line() string { return strings.Join(c, "|") + "\n" }

// plain takes out of a text what would end its column or its line: a client chooses its name and that of its application.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '|' || unicode.IsControl(r) {
			return '?'
		}
		return r
	}, text)
}

func (r Record) connectionLine() string {
	var c columns
	c.text(r.Event)
	c.moment(r.RecordTime)
	c.text(r.RemoteHost, r.RemotePort)
	c.number(int64(r.PID))
	c.text(r.DBName, r.UserName, r.AuthMethod)
	c.number(r.Duration)
	c.text(r.SSLVersion, r.SSLCipher)
	c.number(0) // mtu, which Redshift leaves 0 too
	c.text("", "", "", r.ApplicationName, r.OSVersion, r.DriverVersion, r.PluginName, r.ProtocolVersion, r.SessionID)
	return c.line()
}

func (r Record) userLine() string {
	var c columns
	c.number(r.UserID)
	c.text(r.UserName, r.OldUserName, r.Action)
	c.number(flag(r.CreateDB))
	c.number(flag(r.Super))
	c.number(flag(r.UpdatesCat))
	c.text(r.ValidUntil)
	c.number(int64(r.PID))
	c.number(r.XID)
	c.moment(r.RecordTime)
	return c.line()
}

func (r Record) activityLine() string {
	var b strings.Builder
	b.WriteString("'" + r.RecordTime.UTC().Format("2006-01-02T15:04:05Z") + " UTC [ db=" + word(r.DBName) + " user=" + word(r.UserName))
	b.WriteString(" pid=" + strconv.FormatInt(int64(r.PID), 10) + " userid=" + strconv.FormatInt(r.UserID, 10) + " xid=" + strconv.FormatInt(r.XID, 10))
	b.WriteString(" ]' LOG: " + r.Query + "\n")
	return b.String()
}

// word is a text without what would end it between the brackets of a line.
func word(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == ']' {
			return '?'
		}
		return r
	}, text)
}

func flag(on bool) int64 {
	if on {
		return 1
	}
	return 0
}

func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
