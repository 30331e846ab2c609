# Targets: see `make help`.
SWIFT ?= swift
JOBS ?= $(shell nproc)
TRIPLE := $(shell uname -m)-unknown-linux-gnu
TOOLCHAIN = $(dir $(shell readlink -f $$(command -v $(SWIFT))))..
EMBEDDED = TINYGATEWAY_EMBEDDED=1 TINYGATEWAY_EMBEDDED_LIBRARIES=$(TOOLCHAIN)/lib/swift/embedded/$(TRIPLE)

.PHONY: build release lint
build:
	$(SWIFT) build -c release --static-swift-stdlib --product TinyGateway
release:
	$(EMBEDDED) $(SWIFT) build -c release --scratch-path .build-embedded --product TinyGateway
	strip -o .build-embedded/tinygateway .build-embedded/release/TinyGateway
lint:
	$(SWIFT) format lint --strict --recursive --configuration .swift-format Package.swift Sources Tests
