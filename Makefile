# make demo and make test are all that a newcomer needs; both set up what is missing.
# A Go toolchain and a C++ compiler (for the embedded engine) are the only things expected of the machine.

GO      ?= go
SLIPHER := bin/slipher
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unreleased)

# Google's storage client brings a second protocol that slipher does not use: 150 packages, 20 MB and a third of a start's time.
export GOFLAGS := $(strip $(GOFLAGS) -tags=disable_grpc_modules)

.PHONY: build demo test test-short vet generate stress race steady damage bench bench-api bench-commit bench-sql bench-vault fuzz lint lint-security clean tools

build: tools
	$(GO) build -ldflags "-X main.version=$(VERSION)" -o $(SLIPHER) ./cmd/slipher

demo: build
	$(GO) run ./cmd/demo -slipher $(SLIPHER)

test: build vet
	SLIPHER_BINARY=$(abspath $(SLIPHER)) $(GO) test ./...

vet:
	@test -z "$$(gofmt -l cmd internal test)" || { gofmt -l cmd internal test; echo "run gofmt -w on these files"; exit 1; }
	$(GO) vet ./...

generate:
	$(GO) generate ./internal/api/...

# Harm of every kind to scratch installations, and a table of what was found, not found or served wrongly. A shorter form is part of make test.
damage: build
	SLIPHER_BINARY=$(abspath $(SLIPHER)) SLIPHER_DAMAGE=1 $(GO) test -count 1 -v -run 'TestDamage' ./test

# The long forms of the randomised, crash and fuzz tests: minutes, not seconds.
stress: build
	SLIPHER_BINARY=$(abspath $(SLIPHER)) SLIPHER_STRESS=1 $(GO) test -timeout 60m -count 1 ./internal/vault/... ./internal/meta/... ./internal/service/redshift/redshifttest/... ./internal/engine/... ./test/...

# Every test, and the program that the tests start, with Go's detector of data races. It takes long: everything is built anew and runs several times slower.
race: tools
	$(GO) build -race -o $(SLIPHER)-race ./cmd/slipher
	SLIPHER_BINARY=$(abspath $(SLIPHER))-race $(GO) test -race -timeout 60m ./...

# Every test ROUNDS times in a row while all cores are busy; tells what did not hold and keeps its output in bin/unsteady. PACKAGES and RUN choose.
PACKAGES ?= ./...
ROUNDS   ?= 20
steady: build
	$(GO) build -o bin/steady ./cmd/steady
	SLIPHER_BINARY=$(abspath $(SLIPHER)) bin/steady -rounds $(ROUNDS) -run '$(RUN)' $(PACKAGES)

# Snapshots beside restic and cp, on a database of 2 GB; prints a table. See docs/benchmarks.md.
bench-vault: build
	$(GO) build -o bin/transfer ./cmd/benchvault/transfer
	$(GO) build -o bin/benchvault ./cmd/benchvault
	bin/benchvault $(BENCH_VAULT)

# Calls a second, beside moto where that is installed (pip install "moto[server]"); prints a table. See docs/benchmarks.md.
bench-api: build
	$(GO) build -o bin/benchapi ./cmd/benchapi
	bin/benchapi $(BENCH_API)

# TPC-H's queries and point reads by processor time, beside the engine alone and PostgreSQL where that is installed; prints tables. See docs/benchmarks.md.
bench-sql: build
	$(GO) build -o bin/benchsql ./cmd/benchsql
	bin/benchsql $(BENCH_SQL)

# Small commits a second with the note of what was committed, and what share of the rate without it that is. See docs/benchmarks.md.
bench-commit:
	$(GO) test -run '^$$' -bench BenchmarkCommits -benchtime 1x ./internal/engine

bench: build
	SLIPHER_BINARY=$(abspath $(SLIPHER)) $(GO) test -run '^$$' -bench . -benchtime 20x ./test

# Every fuzz target for a while, one after the other; FUZZPARALLEL is how many inputs it tries at once. All run, also after one that found something.
FUZZTIME     ?= 1m
FUZZPARALLEL ?= $(shell nproc)
fuzz:
	@failed=0; for target in $$(grep -rEo '^func Fuzz[A-Za-z]+' --include='*_test.go' internal | sed 's/func //' | sort); do \
		package=./$$(dirname $${target%%:*}); name=$${target##*:}; \
		echo "$$name of $$package for $(FUZZTIME)"; \
		$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -parallel $(FUZZPARALLEL) $$package || failed=1; \
	done; exit $$failed

# What reads the code for slips and for what our style asks; .golangci.yml says which linters, and why something is left out. It finds nothing, or CI fails.
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

lint:
	GOBIN=$(abspath bin/tools) $(GO) install $(GOLANGCI)
	bin/tools/golangci-lint run --timeout 20m ./...

# What looks for mistakes and for known vulnerabilities, where the tools and the database of vulnerabilities can be reached. What gosec is told to leave
# out, and why, stands in docs/security.md.
GOSEC       := github.com/securego/gosec/v2/cmd/gosec@v2.30.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

lint-security:
	GOBIN=$(abspath bin/tools) $(GO) install $(GOSEC)
	bin/tools/gosec -quiet -exclude-generated -exclude-dir=blobtest -exclude-dir=testbed -exclude-dir=sqltest -exclude-dir=api/gen -exclude=G103,G104,G115,G117,G125,G204,G304 ./cmd/slipher/... ./internal/...
	GOBIN=$(abspath bin/tools) $(GO) install $(GOVULNCHECK)
	@bin/tools/govulncheck ./...; case $$? in \
		0) ;; \
		3) exit 3;; \
		*) echo "govulncheck could not ask: is https://vuln.go.dev within reach?";; \
	esac

clean:
	rm -rf bin

# The compiler is the one thing that go itself cannot fetch.
tools:
	@command -v $(GO) >/dev/null || { echo "Go is missing: install it from your system's packages or the Go site, then run make again"; exit 1; }
	@command -v c++ >/dev/null || command -v g++ >/dev/null || { \
		if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then apt-get update -q && apt-get install -qy g++; \
		else echo "a C++ compiler is missing: install g++ or clang, then run make again"; exit 1; fi; }
