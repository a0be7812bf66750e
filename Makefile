# Targets for people and for CI. `make check` is everything that CI runs.

GO ?= go
FUZZTIME ?= 10s
RELEASE ?= .release/files
GORELEASER ?= $(GO) run github.com/goreleaser/goreleaser/v2@v2.16.0

.PHONY: build test test-short test-programs rule lint generate golden fuzz bench demo check drift vuln release release-check release-files release-snapshot same emulator help

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 20

build: ## build bin/apisqs-doctor
	$(GO) build -trimpath -ldflags "-s -w" -o bin/apisqs-doctor ./cmd/apisqs-doctor

test: ## run all tests but those of test-programs
	$(GO) test ./...

test-short: ## run what takes no more than moments, for daily work
	$(GO) test -short ./...

test-programs: ## run the tests that start a browser, moto, terraform, the AWS CLI, cfn-lint, npm or pip, where those are installed
	@packages=$$(grep -rl --include='*_test.go' '^func TestProgram' cmd diagnose fixtures rules | xargs -n 1 dirname | sort -u | sed 's|^|./|'); \
	if [ -z "$$packages" ]; then echo "no test begins with TestProgram"; exit 1; fi; \
	PROGRAMS=1 $(GO) test -run '^TestProgram' $$packages

rule: ## begin a rule: make rule ID=signing-timeout writes its file, fixtures and line in the list
	@$(GO) run ./rules/internal/newrule $(ID)

lint: ## gofmt, go vet, staticcheck, and what nothing uses
	@unformatted=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	@unused=$$($(GO) tool deadcode -test ./...); if [ -n "$$unused" ]; then echo "nothing uses:"; echo "$$unused"; exit 1; fi

generate: ## write the generated files anew
	$(GO) generate ./...

golden: ## write the expected reports of the tests anew; read the difference before you commit it
	$(GO) test ./cmd/internal/report ./cmd/internal/cli ./cmd/internal/tui -update

fuzz: ## run every fuzz target for FUZZTIME
	@set -e; for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package; \
		done; \
	done

bench: ## run the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

demo: ## diagnose an embedded example
	$(GO) run ./cmd/apisqs-doctor demo

check: test test-programs lint drift ## everything that CI runs

drift: ## fail when a generated file, go.mod or go.sum is not up to date
	@before=$$(git status --porcelain); diff=$$(git diff | sha256sum); \
	$(GO) generate ./... && $(GO) mod tidy || exit 1; \
	if [ "$$before" != "$$(git status --porcelain)" ] || [ "$$diff" != "$$(git diff | sha256sum)" ]; then \
		echo "generated files, go.mod or go.sum were not up to date; they are now:"; git status --short; git diff --stat; exit 1; fi

same: ## compare with another binary: make same OLD=BINARY PATHS='fixtures FOLDER...'
	@$(GO) build -o .same.bin ./cmd/apisqs-doctor && .ci/same $(OLD) .same.bin $(PATHS); code=$$?; rm -f .same.bin; exit $$code

emulator: ## hold the predictions against LocalStack, which is set up in .emulator; needs Python 3.13
	@.ci/emulator

vuln: ## look for known vulnerabilities; needs the internet, so it is not part of check
	$(GO) run golang.org/x/vuln/cmd/govulncheck@latest ./...

release-files: ## write what an archive holds beside the program: the manual page and the completion scripts
	@mkdir -p "$(RELEASE)"
	$(GO) run ./cmd/apisqs-doctor man > "$(RELEASE)/apisqs-doctor.1"
	$(GO) run ./cmd/apisqs-doctor completion bash > "$(RELEASE)/apisqs-doctor.bash"
	$(GO) run ./cmd/apisqs-doctor completion zsh > "$(RELEASE)/apisqs-doctor.zsh"
	$(GO) run ./cmd/apisqs-doctor completion fish > "$(RELEASE)/apisqs-doctor.fish"
	$(GO) run ./cmd/apisqs-doctor completion powershell > "$(RELEASE)/apisqs-doctor.ps1"

release-check: ## check .goreleaser.yaml; this and the next two need the internet, so they are not part of check
	$(GORELEASER) check

release-snapshot: ## build all archives and packages into .release/dist and publish nothing; needs syft
	$(GORELEASER) release --snapshot --clean --skip=publish
	$(GO) run .packaging/wrappers.go .release/dist

release: ## build all archives of the tag and publish them; what the release workflow runs
	$(GORELEASER) release --clean
