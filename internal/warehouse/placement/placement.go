// Package placement knows where clusters are and what their transfers may use: the addresses of SQL endpoints, which nodes are open, how far saves and
// restores have come, and how they share one bandwidth. It promises that no two clusters have one endpoint. What it holds in memory is this process's own
// and begins anew with it. It decides nothing about a cluster and runs no node.
package placement
