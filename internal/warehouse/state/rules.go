package state

import (
	"regexp"
	"slices"
	"strings"

	"slipher/internal/api"
	"slipher/internal/warehouse/refusal"
)

// The forms of names and values that Redshift's reference gives for CreateCluster and CreateClusterSnapshot.
var (
	ClusterIdentifierForm  = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	snapshotIdentifierForm = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]*$`)
	databaseForm           = regexp.MustCompile(`^[a-z_][a-z0-9_$]*$`)
	usernameForm           = regexp.MustCompile(`^[a-z][a-z0-9_+.@-]*$`)
	AccountForm            = regexp.MustCompile(`^[0-9]{12}$`)
)

// CheckClusterIdentifier refuses upper case too: identifiers of clusters are not folded.
func CheckClusterIdentifier(id string) error {
	if len(id) > 63 || !ClusterIdentifierForm.MatchString(id) || BadHyphens(id) {
		return api.InvalidParameterValue("%q is not a valid cluster identifier: it has 1 to 63 lower-case letters, digits and hyphens, begins with a letter, and has neither a hyphen at its end nor two in a row.", id)
	}
	return nil
}

// CheckSnapshotIdentifier lets upper case be, though it does not tell it from lower case.
func CheckSnapshotIdentifier(id string) error {
	if len(id) > 255 || !snapshotIdentifierForm.MatchString(id) || BadHyphens(id) {
		return api.InvalidParameterValue("%q is not a valid snapshot identifier: it has 1 to 255 letters, digits and hyphens, begins with a letter, and has neither a hyphen at its end nor two in a row.", id)
	}
	return nil
}

// BadHyphens is the rule that most identifiers of Redshift share and that their forms do not say.
func BadHyphens(id string) bool { return strings.HasSuffix(id, "-") || strings.Contains(id, "--") }

// CheckDatabase is for DBName, which Redshift does not fold.
func CheckDatabase(name string) error {
	switch {
	case name != strings.ToLower(name):
		return api.InvalidParameterValue("Only lowercase Database names are supported.")
	case len(name) > 64 || !databaseForm.MatchString(name):
		return api.InvalidParameterValue("%q is not a valid database name: it has 1 to 64 lower-case letters, digits and underscores and does not begin with a digit.", name)
	case ReservedWord(name):
		return api.InvalidParameterValue("%q is a reserved word and cannot be the name of a database.", name)
	}
	return nil
}

// CheckMasterUsername refuses PUBLIC too, which GRANT takes for everybody.
func CheckMasterUsername(name string) error {
	switch {
	case len(name) > 128 || !usernameForm.MatchString(name):
		return api.InvalidParameterValue("%q is not a valid MasterUsername: it has 1 to 128 lower-case letters, digits and _ + . @ - and begins with a letter.", name)
	case name == "public" || ReservedWord(name):
		return api.InvalidParameterValue("%q is a reserved word and cannot be the MasterUsername.", name)
	}
	return nil
}

// ForbiddenInPasswords are the printable characters that no admin password has.
const ForbiddenInPasswords = `'"\/@`

// CheckPassword never repeats the password in what it answers.
func CheckPassword(password string) error {
	for _, char := range password {
		if char < 33 || char > 126 || strings.ContainsRune(ForbiddenInPasswords, char) {
			return api.InvalidParameterValue(`The parameter MasterUserPassword is not a valid password. Only printable ASCII characters except for '/', '@', '"', ' ', '\', ''' may be used.`)
		}
	}
	if len(password) < 8 || len(password) > 64 {
		return api.InvalidParameterValue("The parameter MasterUserPassword is not a valid password. It must have 8 to 64 characters.")
	}
	for _, kind := range []struct{ from, to rune }{{'A', 'Z'}, {'a', 'z'}, {'0', '9'}} {
		within := func(char rune) bool { return char >= kind.from && char <= kind.to }
		if !strings.ContainsFunc(password, within) {
			return api.InvalidParameterValue("The parameter MasterUserPassword is not a valid password. It must contain at least one upper case letter, one lower case letter and one number.")
		}
	}
	return nil
}

// Forever is the retention period of what is kept until it is deleted.
const Forever = -1

// Check checks the settings of a new cluster in a region, whose resources may have so many tags.
func (s Settings) Check(region string, tags int) error {
	kind, err := FindNodeType(s.NodeType)
	if err != nil {
		return err
	}
	return api.First(
		func() error { return CheckAutomatedRetention(s.AutomatedRetention, kind) },
		func() error { return CheckManualRetention(s.ManualRetention) },
		func() error { return checkZone(s.AvailabilityZone, region) },
		func() error { return checkTrack(s.MaintenanceTrack) },
		func() error { return CheckRelocation(s.AvailabilityZoneRelocation, kind) },
		func() error { return CheckRoles(s.IamRoles, s.DefaultIamRole) },
		func() error { return CheckTags(s.Tags, tags) },
	)
}

func checkZone(zone, region string) error {
	if len(zone) != len(region)+1 || zone[:len(region)] != region {
		return api.InvalidParameterValue("%q is not an Availability Zone of %s.", zone, region)
	}
	return nil
}

func checkTrack(name string) error {
	if !slices.Contains([]string{"current", "trailing"}, name) {
		return refusal.InvalidClusterTrack.Because("There is no maintenance track %q; there are current and trailing.", name)
	}
	return nil
}

// CheckCopiedRetention is for automated snapshots in the other region, in days.
func CheckCopiedRetention(days int) error {
	if days < 1 || days > 35 {
		return refusal.InvalidRetentionPeriod.Because("The retention period of copied automated snapshots must be between 1 and 35 days, not %d.", days)
	}
	return nil
}

// CheckManualRetention is for manual snapshots, in days or Forever.
func CheckManualRetention(days int) error {
	if days != Forever && (days < 1 || days > 3653) {
		return refusal.InvalidRetentionPeriod.Because("The retention period specified is either in the past or is not a valid value. The value must be either -1 or an integer between 1 and 3,653.")
	}
	return nil
}

// CheckAutomatedRetention is for automated snapshots, in days. Only kinds with disks of their own can do without any (0).
func CheckAutomatedRetention(days int, on NodeType) error {
	if days < 0 || days > 35 {
		return api.InvalidParameterValue("AutomatedSnapshotRetentionPeriod must be between 0 and 35 days, not %d.", days)
	}
	if days == 0 && !on.Local() {
		return api.InvalidParameterValue("Automated snapshots cannot be disabled for node type %s: AutomatedSnapshotRetentionPeriod must be between 1 and 35 days.", on.Name)
	}
	return nil
}

// CheckPort knows the two ranges for managed storage and the one for kinds with disks of their own.
func CheckPort(port int, on NodeType) error {
	managed := port >= 5431 && port <= 5455 || port >= 8191 && port <= 8215
	local := port >= 1150 && port <= 65535
	switch {
	case on.Local() && !local:
		return api.InvalidParameterValue("Port %d is not valid for node type %s: it must be within 1150-65535.", port, on.Name)
	case !on.Local() && !managed:
		return api.InvalidParameterValue("Port %d is not valid for node type %s: it must be within 5431-5455 or 8191-8215.", port, on.Name)
	}
	return nil
}

// ReservedWord tells the words that cannot be names, in upper or lower case.
func ReservedWord(word string) bool {
	_, found := slices.BinarySearch(ReservedWords, strings.ToUpper(word))
	return found
}

// ReservedWords are the words of Redshift SQL that name neither a database nor a user, sorted.
var ReservedWords = strings.Fields(`
AES128 AES256 ALL ALLOWOVERWRITE ANALYSE ANALYZE AND ANY ARRAY AS ASC AUTHORIZATION AZ64 BACKUP BETWEEN BINARY BLANKSASNULL BOTH
BYTEDICT BZIP2 CASE CAST CHECK COLLATE COLUMN CONSTRAINT CREATE CREDENTIALS CROSS CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP
CURRENT_USER CURRENT_USER_ID DEFAULT DEFERRABLE DEFLATE DEFRAG DELTA DELTA32K DESC DISABLE DISTINCT DO ELSE EMPTYASNULL ENABLE
ENCODE ENCRYPT ENCRYPTION END EXCEPT EXPLICIT FALSE FOR FOREIGN FREEZE FROM FULL GLOBALDICT256 GLOBALDICT64K GRANT GROUP GZIP
HAVING IDENTITY IGNORE ILIKE IN INITIALLY INNER INTERSECT INTERVAL INTO IS ISNULL JOIN LANGUAGE LEADING LEFT LIKE LIMIT LOCALTIME
LOCALTIMESTAMP LUN LUNS LZO LZOP MINUS MOSTLY16 MOSTLY32 MOSTLY8 NATURAL NEW NOT NOTNULL NULL NULLS OFF OFFLINE OFFSET OID OLD ON
ONLY OPEN OR ORDER OUTER OVERLAPS PARALLEL PARTITION PERCENT PERMISSIONS PIVOT PLACING PRIMARY RAW READRATIO RECOVER REFERENCES
REJECTLOG RESORT RESPECT RESTORE RIGHT SELECT SESSION_USER SIMILAR SNAPSHOT SOME SYSDATE SYSTEM TABLE TAG TDES TEXT255 TEXT32K
THEN TIMESTAMP TO TOP TRAILING TRUE TRUNCATECOLUMNS UNION UNIQUE UNNEST UNPIVOT USER USING VERBOSE WALLET WHEN WHERE WITH WITHOUT`)
