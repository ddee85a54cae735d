package process

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"slipher/internal/confine"
	"slipher/internal/nodeapi"
)

// confinement is what the node's process has given up before it opens a database or hears a client.
type confinement struct {
	limited bool
	readAll bool
	reason  string   // why the files are not limited
	starter *starter // of fillers; nil starts them from the node itself
}

// confineNode keeps the process to the cluster's folder and the snapshot stores. A limited process cannot mount, nor can what it starts, so fillers, which
// mount, are started by a process that is there before.
func confineNode(config nodeapi.Config) (c confinement, err error) {
	if err := confine.Hide(); err != nil {
		return c, err
	}
	if err := confine.NoNewPrivileges(); err != nil {
		return c, err
	}
	if config.Dir == "" {
		c.reason = "the configuration leaves them open"
		return c, nil
	}
	if config.ViewDir != "" {
		if c.starter, err = openStarter(); err != nil {
			return c, err
		}
	}
	own := append([]string{config.Dir}, config.Stores...)
	for _, dir := range own {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return c, fmt.Errorf("make a folder of the node: %w", err)
		}
	}
	limited, err := confine.Limit(confine.Files{Own: own, ReadAll: config.ReadAll})
	switch {
	case err != nil:
		c.reason = err.Error()
	case !limited:
		c.reason = "the kernel has no Landlock"
	case config.ReadAll:
		c.limited, c.readAll = true, true
	default:
		err := confine.Trial(config.Dir, filepath.Dir(config.Dir))
		if c.limited = err == nil; err != nil {
			c.reason = err.Error()
		}
	}
	return c, nil
}

func (c confinement) tell(log *slog.Logger) {
	switch {
	case c.limited && c.readAll:
		log.Info("the node writes no files but its own; it may read others, where a store's credentials may be")
	case c.limited:
		log.Info("the node reaches no files but its own")
	case c.reason != "":
		log.Warn("the node's files are not limited", "reason", c.reason)
	}
}
