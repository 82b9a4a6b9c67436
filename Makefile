# The index of every command.
.PHONY: help setup build demo test lint format clean

release := .build/release/saliencyd

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## install the Debian packages that are missing
	@tools/setup.sh

build: setup ## build the saliencyd command
	swift build -c release --product saliencyd

test: setup ## build and run every test
	tools/test.sh

lint: ## formatter and linter, as CI runs them
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

format: ## format in place
	swift format --in-place --recursive --parallel Sources Tests Package.swift

clean: ## remove what was built
	rm -rf .build out
