# Everything a fresh clone needs: only Go is assumed. `make help` lists the targets.
SHELL := /bin/bash
export CGO_ENABLED ?= 0
# One set of flags for building, running and testing, so that nothing is compiled twice.
export GOFLAGS ?= -trimpath
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.PHONY: help build test test-real test-recordings test-disk crash postgres strace versity demo laws fuzz lint bench microbench golden
help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

build: ## bin/playctl, static
	go build -ldflags '-s -w -X main.version=$(VERSION)' -o bin/playctl ./cmd/playctl

test: postgres ## all tests; sets up what it needs
	go test -p 4 ./... ./testdata/bench/... ./testdata/crash/... ./testdata/vendors # 4 packages at a time: half of them wait for servers

test-real: ## real servers on this machine, from Debian's packages, fetched into a cache: Mailman, Redmine, Postgres 15, Exim (half a minute, the first time 2)
	@testdata/real/install.sh
	go test -tags real -count=1 -v ./testdata/real

postgres: ## what tests need of Postgres, fetched if the machine has none
	@pkg/pgtest/setup.sh

strace: ## what kills and fails system calls, installed if the machine has none (Debian)
	@command -v strace >/dev/null || { apt-get update -qq && apt-get install -qq -y strace >/dev/null; }

test-recordings: ## recorded exchanges with the real HubSpot, Salesforce, Marketo and Intercom: how many are replayed, and why the others are not
	go test ./pkg/connector/rest -run '^TestRecordings$$' -count=1 -v

test-disk: strace ## a disk that fails, and kills at system calls, by strace: a sample
	go test -tags strace -run diskThatFails ./pkg/connector/files
	go test -tags strace -run "atSystemCalls|DiskFails" ./testdata/crash

crash: postgres strace versity ## kill playctl at every point, fill its disk, run many at once, fail every call; prints the figures: an hour
	@rm -f bin/crash.txt
	CRASH=all CRASH_FIGURES=$(CURDIR)/bin/crash.txt go test -tags strace -count=1 -timeout 0 ./testdata/crash; code=$$?; cat bin/crash.txt; exit $$code
	go test -tags crash -run Versity ./pkg/state/s3
	go test ./pkg/flow -run TestFaults -rapid.checks=$(CHECKS) -timeout 2h

versity: ## a real S3 server, built into bin/ (90 s)
	@test -x bin/versitygw || GOBIN=$(CURDIR)/bin go install github.com/versity/versitygw/cmd/versitygw@v1.8.0

test-sdk: ## the vendors' own SDKs (npm) against our simulators; installs them at their locked versions into bin/sdk (node 20)
	@mkdir -p bin/sdk && cp testdata/sdk/*.mjs testdata/sdk/package*.json bin/sdk/
	@cd bin/sdk && { cmp -s package-lock.json node_modules/.lock || { npm ci --ignore-scripts --no-audit --no-fund --loglevel error && cp package-lock.json node_modules/.lock; }; }
	SDK_DIR=$(CURDIR)/bin/sdk go test -tags sdk -count=1 -run TestSDK ./pkg/connector/simulate

demo: build ## the main job on examples/quickstart, in a scratch copy with data up to today
	@./examples/demo.sh

FUZZTIME ?= 2m
CHECKS ?= 1000
laws: ## check the laws over CHECKS (1000) random playbooks each, drawn anew
	go test ./pkg/flow -run "TestLaw|TestMachine|TestFaults" -rapid.checks=$(CHECKS) -timeout 2h

fuzz: ## fuzz what reads files, FUZZTIME (2m) each
	@set -e; for f in $$(grep -rlE '^func Fuzz' --include='*_test.go' pkg); do \
	  for name in $$(grep -oE '^func Fuzz[A-Za-z0-9_]+' $$f | cut -c6-); do \
	    echo "== $$name in $$(dirname $$f)"; \
	    go test ./$$(dirname $$f) -run='^$$' -fuzz="^$$name\$$" -fuzztime=$(FUZZTIME) -fuzzminimizetime=50x; \
	  done; done

lint: ## golangci-lint, installed into bin/ at its pinned version
	@test -x bin/golangci-lint || GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
	bin/golangci-lint run ./... ./testdata/bench/run ./testdata/crash

PAIRS ?= 200000
bench: ## put 200,000 random expressions before both evaluators, measure the bars beside the peers and write testdata/bench/results.md: an hour; BENCH="-only p1 -scale 0.1" for less
	go test ./pkg/expr/exprtest -run Agreement_ofRandom -v -timeout 0 -pairs $(PAIRS)
	go run ./testdata/bench/run $(BENCH)

microbench: ## the packages' own benchmarks
	go test ./... -run='^$$' -bench=. -benchtime=3x

golden: ## write the golden files anew; look at the diff
	go test ./pkg/render ./pkg/graph ./pkg/cli ./pkg/flow -update
