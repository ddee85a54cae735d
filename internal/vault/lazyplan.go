package vault

import "sync"

// fillPlan is the order in which a Fill fetches what is missing: pack by pack, and on from wherever somebody last waited for a block.
type fillPlan struct {
	lazy *Lazy

	mu    sync.Mutex
	runs  []run
	taken []bool
	left  int
	at    int
	where []map[int32]int32 // of each file: the run of a piece, for every piece that was missing
}

func planFill(l *Lazy, runs []run) *fillPlan {
	p := &fillPlan{lazy: l, runs: runs, taken: make([]bool, len(runs)), left: len(runs), where: make([]map[int32]int32, len(l.files))}
	for i := range p.where {
		p.where[i] = map[int32]int32{}
	}
	for number, run := range runs {
		for _, want := range run {
			p.where[want.file][want.piece] = int32(number)
		}
	}
	return p
}

// next is a run of which something is missing still.
func (p *fillPlan) next() (run, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.left > 0 {
		for p.taken[p.at] {
			p.at = (p.at + 1) % len(p.runs)
		}
		p.taken[p.at] = true
		p.left--
		if next := p.runs[p.at]; p.lazy.lacks(next) {
			return next, true
		}
	}
	return nil, false
}

func (p *fillPlan) moveTo(at place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if number, found := p.where[at.file][at.piece]; found {
		p.at = int(number)
	}
}

func (l *Lazy) lacks(r run) bool {
	for _, want := range r {
		if !l.files[want.file].here.has(want.piece) {
			return true
		}
	}
	return false
}
