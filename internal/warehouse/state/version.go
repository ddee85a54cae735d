package state

const (
	ClusterVersion = "1.0"
	// Revision stands where Redshift has the number of its build. Drivers read it from version().
	Revision = "100000"
)
