package state

// The version that slipher takes Redshift to have: ClusterVersion in the API, and with Revision in SQL.
const (
	ClusterVersion = "1.0"
	// Revision stands where Redshift has the number of its build. Drivers read it from version().
	Revision = "100000"
)
