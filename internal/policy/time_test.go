package policy

import (
	"fmt"
	"strings"
	"testing"
)

// The search has to stay linear in the steps that its comment promises; with backtracking into every star these take ages.
func TestNoPatternIsSlow(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("a", 2000)
	for name, source := range map[string]string{
		"stars":           strings.Repeat("a*", 1000) + "b",
		"stars and marks": strings.Repeat("*?", 1000) + "b",
		"near stars":      "arn:" + strings.Repeat("*a", 1000) + "b:*:*:*:*",
	} {
		made, err := compile(source, spelling{wildcards: true, arn: true})
		if err != nil {
			t.Fatal(err)
		}
		if made.match(text, nil) || made.match("arn:"+text, nil) {
			t.Errorf("%s: matched", name)
		}
	}
}

// attached is what a busy user may have: twenty policies of fifty statements, of many services, with conditions and variables.
func attached(t testing.TB, services []string) Policies {
	const policies, statements = 20, 50
	verbs := []string{"Describe*", "CreateCluster", "*Snapshot*", "DeleteCluster", "Get?redentials", "PauseCluster", "List*", "*"}
	var made Policies
	for number := range policies {
		var all []string
		for i := range statements {
			service, verb := services[(number+i)%len(services)], verbs[(number*3+i)%len(verbs)]
			effect, condition := "Allow", ""
			if i%7 == 0 {
				effect = "Deny"
			}
			switch i % 4 {
			case 1:
				condition = `,"Condition":{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"},"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`
			case 2:
				condition = `,"Condition":{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/no-*"}}`
			}
			all = append(all, fmt.Sprintf(`{"Effect":%q,"Action":["%s:%s","%s:Tag%d"],"Resource":["arn:aws:%s:*:111122223333:*/p%d-%d-*","arn:aws:%s:eu-*-1:111122223333:cluster:c%d"]%s}`,
				effect, service, verb, service, i, service, number, i, service, number*i, condition))
		}
		made.Identity = append(made.Identity, parseLong(t, fmt.Sprintf("policy %d", number),
			`{"Version":"2012-10-17","Statement":[`+strings.Join(all, ",")+`]}`))
	}
	return made
}

// parseLong takes no notice of the sizes AWS allows: fifty statements like these are more.
func parseLong(t testing.TB, name, document string) *Policy {
	t.Helper()
	read, err := readJSON(document)
	if err != nil {
		t.Fatal(err)
	}
	parser := parser{policy: &Policy{Name: name}, rules: rulesOf[InlinePolicy], sids: map[string]bool{}}
	if err := parser.document(read); err != nil {
		t.Fatal(err)
	}
	return parser.policy
}

func askedOften() Request {
	ada := Principal{Type: User, Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/ada", UserID: "AIDAEXAMPLE", Tags: map[string]string{"team": "data"}}
	request := NewRequest(ada, "redshift:PauseCluster", "arn:aws:redshift:eu-west-1:111122223333:cluster:prod/p19-99-x")
	request.Context.Set("aws:SourceIp", "203.0.113.7")
	request.Context.Set("aws:ResourceTag/team", "data")
	return request
}

func TestDecisionsAllocateNothing(t *testing.T) {
	policies, request := attached(t, []string{"redshift", "s3"}), askedOften()
	if allocated := testing.AllocsPerRun(100, func() { policies.Decide(request) }); allocated != 0 {
		t.Errorf("a decision allocates %v times, want never", allocated)
	}
}

// BenchmarkDecide asks twenty policies of fifty statements for something that none of them allows, so that all of them are asked.
func BenchmarkDecide(b *testing.B) {
	b.Run("services=8", func(b *testing.B) {
		benchmarkDecide(b, "redshift", "s3", "kms", "logs", "iam", "ec2", "redshift-data", "glue")
	})
	b.Run("services=1", func(b *testing.B) { benchmarkDecide(b, "redshift") })
}

func benchmarkDecide(b *testing.B, services ...string) {
	policies, request := attached(b, services), askedOften()
	if decision := policies.Decide(request); decision.Allowed || decision.Explicit() {
		b.Fatalf("got %s, want that nothing matches", decision)
	}
	b.ReportAllocs()
	for b.Loop() {
		policies.Decide(request)
	}
}

func BenchmarkParse(b *testing.B) {
	document := `{"Version":"2012-10-17","Statement":[` + strings.Repeat(`{"Effect":"Allow","Action":["redshift:Describe*","redshift:PauseCluster"],"Resource":"arn:aws:redshift:*:*:cluster:${aws:username}-*","Condition":{"StringLike":{"aws:PrincipalTag/team":"d*"}}},`, 19) +
		`{"Effect":"Deny","Action":"*","Resource":"*"}]}`
	b.ReportAllocs()
	for b.Loop() {
		parse(b, ManagedPolicy, "", document)
	}
}
