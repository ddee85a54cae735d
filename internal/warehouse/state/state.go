// Package state is what the warehouse knows: the records of clusters, snapshots, parameter groups, schedules and all else that is kept, the entries by
// which they are found, the names by which requests call them, and the rules that hold whatever is asked.
//
// It promises that what an earlier slipher wrote is read as it was, and that whoever may not know of a thing cannot tell it from one that is not there.
// It begins no work, and refuses to know the shapes of any API.
package state
