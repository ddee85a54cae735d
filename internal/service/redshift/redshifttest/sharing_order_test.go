package redshifttest_test

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/testbed"
	"slipher/internal/warehouse/state"
)

// ask is what a caller of the test below does: with one account of one snapshot, or with all accounts of a snapshot, which is to look.
type ask struct {
	operation         string
	snapshot, account int
}

// told is the answer: a fault's code, or what a look has seen.
type told struct {
	code string
	held sharedSet
}

// sharedSet has a bit for each snapshot and account.
type sharedSet uint64

const askedSnapshots, askedAccounts, perSnapshot, perKey = 3, 8, 5, 11

func sharedBit(snapshot, account int) sharedSet { return 1 << (snapshot*askedAccounts + account) }
func sharedMask(snapshot int) sharedSet         { return (1<<askedAccounts - 1) << (snapshot * askedAccounts) }
func (s sharedSet) count() int                  { return bits.OnesCount64(uint64(s)) }

const gaveUp = "gave up" // the caller, before it had an answer

// sharingModel is the two operations as if they came one after the other.
var sharingModel = porcupine.Model{
	Init: func() any { return sharedSet(0) },
	Step: func(state, input, output any) (bool, any) {
		held, ask, told := state.(sharedSet), input.(ask), output.(told)
		bit := sharedBit(ask.snapshot, ask.account)
		is := held&bit != 0
		full := (held&sharedMask(ask.snapshot)).count() >= perSnapshot || held.count() >= perKey
		switch ask.operation + " " + told.code {
		case "authorize ":
			return !is && !full, held | bit
		case "authorize AuthorizationAlreadyExists":
			return is, held
		case "authorize AuthorizationQuotaExceeded":
			return !is && full, held
		case "revoke ":
			return is, held &^ bit
		case "revoke AuthorizationNotFound":
			return !is, held
		case "look ":
			return held&sharedMask(ask.snapshot) == told.held, held
		}
		return told.code == gaveUp, held
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v: %+v", input, output) },
}

// sharers call the operations and write down when they asked, when they were answered, and what.
type sharers struct {
	t     *testing.T
	bed   *testbed.Bed
	began time.Time

	mu      sync.Mutex
	history []porcupine.Operation
}

func (s *sharers) ask(caller int, asked ask, patience time.Duration) {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	from := time.Since(s.began)
	answer, err := s.call(ctx, asked)
	until := time.Since(s.began)
	var fault *api.Fault
	switch {
	case errors.As(err, &fault):
		answer.code = fault.Code
	case errors.Is(err, context.DeadlineExceeded):
		answer.code = gaveUp
	case err != nil:
		s.t.Errorf("%+v: %v", asked, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.history = append(s.history, porcupine.Operation{ClientId: caller, Input: asked, Call: int64(from), Output: answer, Return: int64(until)})
}

// operation is one as the door calls it.
func (s *sharers) operation(name string) func(ctx context.Context, caller api.Caller, input any) (any, error) {
	at := slices.IndexFunc(s.bed.Redshift.Operations, func(operation api.Operation) bool { return operation.Name == name })
	return s.bed.Redshift.Operations[at].Call
}

func (s *sharers) call(ctx context.Context, asked ask) (answer told, err error) {
	owner, snapshot, who := testbed.Caller(testbed.Owner), fmt.Sprintf("s%d", asked.snapshot), account(asked.account)
	switch asked.operation {
	case "authorize":
		_, err = s.operation("AuthorizeSnapshotAccess")(ctx, owner, &redshift.AuthorizeSnapshotAccessMessage{SnapshotIdentifier: snapshot, AccountWithRestoreAccess: who})
	case "revoke":
		_, err = s.operation("RevokeSnapshotAccess")(ctx, owner, &redshift.RevokeSnapshotAccessMessage{SnapshotIdentifier: snapshot, AccountWithRestoreAccess: who})
	default:
		found, err := s.operation("DescribeClusterSnapshots")(ctx, owner, &redshift.DescribeClusterSnapshotsMessage{SnapshotIdentifier: snapshot})
		if err != nil {
			return told{}, err
		}
		return told{held: seen(asked.snapshot, found.(*redshift.SnapshotMessage).Snapshots[0].AccountsWithRestoreAccess)}, nil
	}
	return told{}, err
}

func seen(snapshot int, accounts []redshift.AccountWithRestoreAccess) (held sharedSet) {
	for number := range askedAccounts {
		if slices.Contains(accounts, redshift.AccountWithRestoreAccess{AccountId: account(number)}) {
			held |= sharedBit(snapshot, number)
		}
	}
	if held.count() != len(accounts) {
		held = ^sharedSet(0) // an account twice, or one that nobody has named
	}
	return held
}

// goOn has a caller ask for a while. One call in eight is given up early.
func (s *sharers) goOn(caller, rounds int) {
	chance := rand.New(rand.NewPCG(2, uint64(caller)))
	for range rounds {
		patience := time.Minute
		if chance.IntN(8) == 0 {
			patience = time.Duration(chance.IntN(2000)) * time.Microsecond
		}
		operation := []string{"authorize", "authorize", "authorize", "revoke", "revoke", "look"}[chance.IntN(6)]
		s.ask(caller, ask{operation, chance.IntN(askedSnapshots), chance.IntN(askedAccounts)}, patience)
	}
}

var errDisturbed = errors.New("not after all")

// disturb makes changes beside the others', in the same commits, none of which may remain: it shares every snapshot with accounts that
// nobody named, and fails.
func (s *sharers) disturb(rounds int) {
	for round := range rounds {
		ctx, cancel := context.WithCancel(s.t.Context())
		err := s.updateBadly(ctx, func() error {
			switch round % 3 {
			case 0:
				return errDisturbed
			case 1:
				panic(errDisturbed)
			}
			cancel()
			return nil
		})
		cancel()
		if !errors.Is(err, errDisturbed) && !errors.Is(err, context.Canceled) {
			s.t.Errorf("the disturbance ended with %v", err)
		}
	}
}

func (s *sharers) updateBadly(ctx context.Context, end func() error) (err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err, _ = panicked.(error)
		}
	}()
	return s.bed.Store.Update(ctx, func(tx *meta.Tx) error {
		all := meta.Records[map[string]any]{Kind: "snapshot"}
		found, err := all.List(tx, meta.Query{Account: testbed.Owner})
		if err != nil {
			return err
		}
		for _, record := range found {
			record.Body["Access"] = []string{account(90), account(91)}
			if err := all.Put(tx, record); err != nil {
				return err
			}
		}
		return end()
	})
}

// wantExplained looks for an order of all calls, within the times that they took, in which each answer is right.
func (s *sharers) wantExplained() {
	s.t.Helper()
	if result := porcupine.CheckOperationsTimeout(sharingModel, s.history, time.Minute); result != porcupine.Ok {
		s.t.Errorf("no order explains the answers of %d calls: %s", len(s.history), result)
	}
	answers := map[string]int{}
	for _, operation := range s.history {
		answers[operation.Input.(ask).operation+" "+operation.Output.(told).code]++
	}
	for _, wanted := range []string{"authorize ", "authorize AuthorizationAlreadyExists", "authorize AuthorizationQuotaExceeded", "revoke ", "revoke AuthorizationNotFound", "authorize " + gaveUp} {
		if answers[wanted] == 0 {
			s.t.Errorf("nobody was answered %q, so the test shows less than it should: %v", wanted, answers)
		}
	}
}

// wantGrants compares the grants of all keys with what the snapshots are shared with.
func wantGrants(t *testing.T, bed *testbed.Bed) {
	t.Helper()
	var granted, listed []string
	err := bed.Store.View(t.Context(), func(tx *meta.Tx) error {
		grants, err := meta.Records[struct{ Grantee, Name string }]{Kind: "grant"}.List(tx, meta.Query{})
		if err != nil {
			return err
		}
		for _, grant := range grants {
			granted = append(granted, grant.Body.Name+" "+grant.Body.Grantee)
		}
		snapshots, err := meta.Records[struct{ Access []string }]{Kind: "snapshot"}.List(tx, meta.Query{})
		for _, snapshot := range snapshots {
			for _, account := range snapshot.Body.Access {
				listed = append(listed, snapshot.ID+" "+account)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(granted)
	slices.Sort(listed)
	if !slices.Equal(granted, listed) {
		t.Errorf("the keys are granted for\n%v\nwant what the snapshots are shared with,\n%v", granted, listed)
	}
}

// TestSharingHasAnOrder has many callers share and revoke the same accounts of the same snapshots, and others fail beside them. With
// SLIPHER_STRESS it takes minutes.
func TestSharingHasAnOrder(t *testing.T) {
	t.Parallel()
	tries := 1
	if os.Getenv("SLIPHER_STRESS") != "" {
		tries = 60
	}
	for try := range tries {
		t.Run(fmt.Sprint(try), func(t *testing.T) {
			const callers, rounds = 12, 40
			limits := state.Limits{AccountsPerSnapshot: perSnapshot, AccountsPerKey: perKey}
			bed := shared(t, testbed.Config{Limits: limits}, "s0", "s1", "s2")
			s := &sharers{t: t, bed: bed, began: time.Now()}
			var asking sync.WaitGroup
			for caller := range callers {
				asking.Go(func() { s.goOn(caller+try*callers, rounds) })
			}
			asking.Go(func() { s.disturb(2 * rounds) })
			asking.Wait()
			for snapshot := range askedSnapshots {
				s.ask(try*callers, ask{"look", snapshot, 0}, time.Minute)
			}
			wantGrants(t, bed)
			bed.Restart()
			for snapshot := range askedSnapshots {
				s.ask(try*callers, ask{"look", snapshot, 0}, time.Minute)
			}
			s.wantExplained()
		})
	}
}

// TestSharingQuotasTogether has more callers than there is room ask at once: the room is used up to the last account, and not beyond.
func TestSharingQuotasTogether(t *testing.T) {
	t.Parallel()
	snapshots := []string{"s0", "s1", "s2", "s3", "s4", "s5", "s6"}
	bed := shared(t, testbed.Config{}, snapshots...)
	flood := func(snapshots []string, each int) (authorized int) {
		var mu sync.Mutex
		var asking sync.WaitGroup
		for _, snapshot := range snapshots {
			for number := range each {
				asking.Go(func() {
					err := authorize(bed, snapshot, account(number))
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						authorized++
					} else {
						wantFault(t, err, "AuthorizationQuotaExceeded")
					}
				})
			}
		}
		asking.Wait()
		return authorized
	}
	if got := flood(snapshots[:1], 30); got != 20 || len(access(bed, "s0")) != 20 {
		t.Errorf("%d were told that the snapshot is shared with them, %d are: want 20", got, len(access(bed, "s0")))
	}
	if got := flood(snapshots[1:], 25); got != 80 {
		t.Errorf("%d more under the key, want 80", got)
	}
	all := 0
	for _, snapshot := range snapshots {
		shared := len(access(bed, snapshot))
		if all += shared; shared > 20 {
			t.Errorf("%s is shared with %d accounts", snapshot, shared)
		}
	}
	if all != 100 {
		t.Errorf("%d accounts under the key, want 100", all)
	}
	wantGrants(t, bed)
}
