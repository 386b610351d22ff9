# make run: everything running on this machine.  make test: everything tested.  make help: the rest.
SWIFT ?= swift
RELEASE := $(SWIFT) build -c release --static-swift-stdlib -Xlinker -s -Xlinker -z -Xlinker now
BENCHMARKS := $(RELEASE) --package-path Benchmarks --scratch-path $(CURDIR)/.build-bench
SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help packages test-packages build daemon run test test-python test-node test-go test-asan fuzz bench bench-clients \
	bench-python bench-node bench-go bench-floods bench-timing bench-emails bench-imports bench-accounts bench-overhead lint \
	format generate check-generated docs deb test-deb test-deb-boot wheel test-wheel check-units clean

help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

packages: ## Installs the Debian packages that a build needs and this machine lacks
	@Scripts/install-packages build

test-packages: packages ## Installs what the tests need besides
	@Scripts/install-packages test

build: packages ## Builds the release binaries into .build/release/
	for product in mvp-authd mvp-auth-http mvp-auth-mail mvp-auth; do $(RELEASE) --product $$product || exit 1; done

daemon: packages ## Builds the release binary of the daemon alone
	$(RELEASE) --product mvp-authd

run: build ## Runs the daemon and the REST shim on SQLite, and prints a line to try
	@Scripts/run

test: daemon test-packages ## Builds and runs every test, of the release build of the daemon too
	$(SWIFT) build --build-tests
	@MVP_AUTH_RELEASE_TESTS=1 SWIFT="$(SWIFT)" Scripts/side-by-side Scripts/test -- Scripts/test-clients

test-python: ## Runs the Python client's tests against the daemon that was built last
	@clients/python/run-tests

test-node: ## Runs the Node client's tests against the daemon that was built last
	@clients/node/run-tests

test-go: ## Runs the Go client's tests against the daemon that was built last
	@clients/go/run-tests

test-asan: test-packages ## Runs the suites that call into C, or read and write buffers of their own, under AddressSanitizer
	$(SWIFT) build --build-tests --sanitize address --scratch-path .build-asan
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --skip-build --no-parallel --sanitize address \
		--scratch-path .build-asan --filter 'AuthCryptoTests|AuthServerTests|EmailDeliveryTests|PostgresStoreTests|SQLiteStoreTests|HostTests'

fuzz: packages ## Fuzzes the JSON reader and the JSON-RPC framing, or with READER=http requests, for SECONDS, 600 by default
	@Scripts/fuzz $(READER) $(SECONDS)

bench: build test-packages ## Measures the release build and prints the table
	$(BENCHMARKS) --product BenchmarkHello
	@Benchmarks/run
	@Benchmarks/floods

bench-python: daemon ## Measures the Python client beside a raw socket, and prints a table
	@MVP_AUTHD=$(CURDIR)/.build/release/mvp-authd clients/python/run-tests --benchmark

bench-node: daemon ## Measures the Node client beside a raw socket, and prints a table
	@MVP_AUTHD=$(CURDIR)/.build/release/mvp-authd clients/node/run-tests --benchmark

bench-go: daemon ## Measures the Go client beside a raw socket
	@MVP_AUTHD=$(CURDIR)/.build/release/mvp-authd clients/go/run-tests --benchmark

bench-clients: daemon ## Measures the clients of Python, Node, Go and Swift at one daemon, and prints one table
	$(BENCHMARKS) --product ClientRows
	@Benchmarks/clients

bench-floods: build ## Measures what hostile peers do to others, and prints a table
	@Benchmarks/floods

lint: ## Checks the format of every source file
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Examples Benchmarks

format: ## Formats every source file in place
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Examples Benchmarks

generate: ## Writes the generated files again
	@Scripts/generate

check-generated: generate ## Fails when a generated file is not what its source says
	@git diff --exit-code -- docs clients Sources || { echo "Generated files are stale: run 'make generate' and commit."; exit 1; }

docs: packages ## Checks the documentation of the Swift client
	$(SWIFT) build --target MVPAuthClient
	@Scripts/docs

bench-emails: build test-packages ## Kills daemons and consumers under registrations, counts emails, and measures their rates
	@Benchmarks/emails

bench-imports: build ## Takes over 1000 users of each kind of hash and of file, made by other software, and signs them in
	@Benchmarks/imports

bench-accounts: build ## Imports, pages through and exports 100 000 accounts while others come and go
	@Benchmarks/accounts

bench-overhead: build test-packages ## Measures what an audit, a throttle and a count of calls cost
	@Benchmarks/overhead

bench-timing: build ## Measures what the time of a refusal tells of an account
	@Benchmarks/timing

deb: build ## Makes the Debian package of the release build
	@Scripts/install-packages package
	@Scripts/deb

test-deb: deb ## Installs the package into a fresh Debian, uses it there, and removes it
	@Scripts/test-deb

test-deb-boot: deb ## The same in a virtual machine, where systemd runs the units
	@Scripts/install-packages machine
	@Scripts/test-deb --boot

wheel: build ## Makes the Python wheels: the client, and the programs with their libraries
	@Scripts/install-packages wheel
	@Scripts/wheel

test-wheel: wheel ## Installs the wheels into a fresh Debian and uses them there
	@Scripts/install-packages package
	@Scripts/test-wheel

check-units: ## Checks the systemd units and how tight their sandboxes are
	@Scripts/check-units

clean: ## Removes what was built
	rm -rf .build .build-asan .build-bench .build-fuzz .build-go .run dist *.deb
