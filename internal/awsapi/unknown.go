package awsapi

// mostUnknown bounds what one request writes into the log.
const mostUnknown = 10

// unknowns are the parameters of a request that were passed over, each with the known one that may have been meant.
type unknowns struct{ unknown []string }

// pass notes a member of the structure at path that is none of the known ones.
func (u *unknowns) pass(path, name string, known []string) {
	if len(u.unknown) == mostUnknown {
		return
	}
	noted := clip(join(path, name))
	if near := nearest(name, known); near != "" {
		noted += " (did you mean " + join(path, near) + "?)"
	}
	u.unknown = append(u.unknown, noted)
}

// noteUnknown tells the operator what was passed over; nobody else learns of a misspelt parameter.
func (s *server) noteUnknown(x *exchange) {
	if len(x.unknown) > 0 {
		s.log.Warn("unknown parameters passed over", "request", x.caller.RequestID, "service", x.service.Name, "operation", x.operation.Name,
			"caller", x.caller.ARN, "parameters", x.unknown)
	}
}
