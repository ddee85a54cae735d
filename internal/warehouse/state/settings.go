package state

import (
	"cmp"
	"slices"
)

// TakeRoles replaces the snapshot's roles by those of the request. Its default role stays the default as long as it is one of them.
func (s *Settings) TakeRoles(roles []string, byDefault string) {
	if roles != nil {
		s.IamRoles = roles
	}
	if !slices.Contains(s.IamRoles, s.DefaultIamRole) {
		s.DefaultIamRole = ""
	}
	s.DefaultIamRole = cmp.Or(byDefault, s.DefaultIamRole)
}

// Settings are what a snapshot keeps of its cluster, and a restore takes from the snapshot.
type Settings struct {
	NodeType                   string
	NumberOfNodes              int
	DBName                     string
	MasterUsername             string
	Verifier                   string           // of the admin user's password; the password itself is nowhere, unless Secrets Manager manages it
	ManagedPassword            *ManagedPassword `json:",omitempty"`
	Port                       int
	AvailabilityZone           string
	VpcSecurityGroups          []string `json:",omitempty"`
	MaintenanceWindow          string
	MaintenanceTrack           string
	AutomatedRetention         int
	ManualRetention            int
	AllowVersionUpgrade        bool
	PubliclyAccessible         bool
	EnhancedVpcRouting         bool
	AvailabilityZoneRelocation bool     `json:",omitempty"`
	IamRoles                   []string `json:",omitempty"`
	DefaultIamRole             string   `json:",omitempty"`
	Tags                       []Tag    `json:",omitempty"`
}

// ManagedPassword is where an admin password lies that Secrets Manager manages. Of a snapshot it says that its cluster had one.
type ManagedPassword struct {
	Secret string // ARN
	KmsKey string // ARN of the key that seals it
}

// Managed says whether Secrets Manager has the admin password.
func (s Settings) Managed() bool { return s.ManagedPassword != nil }

// Shown are the fields MasterPasswordSecretArn and MasterPasswordSecretKmsKeyId.
func (m *ManagedPassword) Shown() (secret, kmsKey string) {
	if m == nil {
		return "", ""
	}
	return m.Secret, m.KmsKey
}

// RestorableTypes lists the kinds that a snapshot can be restored to with the number of nodes it has.
func (s Snapshot) RestorableTypes() []string {
	source, err := FindConfiguration(s.Source.NodeType, s.Source.NumberOfNodes)
	if err != nil {
		return []string{}
	}
	names := []string{}
	for _, kind := range nodeTypes {
		if source.RestorableTo(NodeConfiguration{kind, source.Nodes}, s.TotalBytes) {
			names = append(names, kind.Name)
		}
	}
	slices.Sort(names)
	return names
}
