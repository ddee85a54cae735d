package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipher/internal/engine/ondisk"
	"slipher/internal/installation"
	"slipher/internal/meta"
	"slipher/internal/warehouse"
)

type clusterCommand struct {
	Accept clusterAcceptCommand `cmd:"" help:"Go on with what is left of a damaged database. Nothing is deleted: what cannot be used is kept under another name."`
}

type clusterAcceptCommand struct {
	Cluster string `arg:"" help:"The cluster's identifier."`
	Data    string `required:"" type:"path" placeholder:"DIR" help:"The data directory."`
	Account string `default:"${firstAccount}" help:"The account of the cluster."`
	Region  string `help:"The region of the cluster, if there are clusters of this name in several."`
}

func (c clusterAcceptCommand) Run(ctx context.Context) error {
	found, err := c.find(ctx)
	if err != nil {
		return err
	}
	if running, err := meta.Held(installation.Folder(c.Data).Path("meta.db")); err != nil || running && !found.Damaged {
		return errors.Join(err, fmt.Errorf("slipher runs and has not found the database of cluster %s damaged", c.Cluster))
	}
	place := installation.Folder(c.Data).Database(found.Key, found.Database)
	what, damaged := ondisk.IsDamage(ondisk.Check(place))
	if !damaged {
		return fmt.Errorf("the database of cluster %s is not damaged", c.Cluster)
	}
	accepted, err := ondisk.Accept(place, time.Now().UTC().Format(".damaged-20060102T150405"))
	if err != nil {
		return err
	}
	fmt.Printf("the database of cluster %s was damaged: %s\n", c.Cluster, what)
	for _, path := range accepted.SetAside {
		fmt.Println("kept:", path)
	}
	if accepted.Empty {
		fmt.Println("nothing of it could be used: the cluster begins with an empty database")
	}
	fmt.Println("reboot the cluster, or start slipher, to open it")
	return nil
}

func (c clusterAcceptCommand) find(ctx context.Context) (found warehouse.KnownCluster, err error) {
	store, err := meta.Look(ctx, installation.Folder(c.Data).Path("meta.db"))
	if err != nil {
		return found, err
	}
	defer store.Close()
	known, err := warehouse.KnownClusters(ctx, store)
	if err != nil {
		return found, err
	}
	matches := 0
	for _, one := range known {
		if one.Identifier == c.Cluster && one.Account == c.Account && (c.Region == "" || one.Region == c.Region) {
			found = one
			matches++
		}
	}
	switch {
	case matches == 0:
		return found, fmt.Errorf("account %s has no cluster %s", c.Account, c.Cluster)
	case matches > 1:
		return found, errors.New("there are clusters of this name in several regions: add --region")
	}
	return found, nil
}
