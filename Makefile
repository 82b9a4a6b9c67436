# The index of every command.
.PHONY: help setup build demo test lint format bench bench-kernels install clean

release := .build/release/saliencyd
prefix ?= /usr/local

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## install the Debian packages that are missing
	@tools/setup.sh

build: setup ## build the saliencyd command
	swift build -c release --product saliencyd

demo: build ## make a sample clip, annotate it, say where the result lies
	@tools/demo.sh $(release)

test: setup ## build and run every test
	@tools/test.sh

lint: ## formatter and linter, as CI runs them
	swift format lint --strict --recursive --parallel Sources Tests Benchmarks/Benchmarks Benchmarks/Package.swift Package.swift

format: ## format in place
	swift format --in-place --recursive --parallel Sources Tests Benchmarks/Benchmarks Benchmarks/Package.swift Package.swift

bench: build ## time one window at the published size
	$(release) bench

bench-kernels: setup ## time the kernels alone (builds the benchmark package)
	cd Benchmarks && swift package --disable-sandbox benchmark --no-progress

install: build ## install the command under $(prefix), honouring DESTDIR
	install -D -m 755 $(release) $(DESTDIR)$(prefix)/bin/saliencyd

clean: ## remove what was built
	rm -rf .build out
