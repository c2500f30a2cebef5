# Thin: every target installs what it needs (tools/setup) and calls a CMake preset or a script. Type `make help`.

SHELL := /bin/bash
.PHONY: help build package demo demo-browser test windows soak bench check clean
.DEFAULT_GOAL := help

# One folder holds the release, with or without its tests. Once it has been configured with them it stays so, because
# configuring it without would throw the built tests away.
release := $(shell grep -qs '^INKAN_TESTS:BOOL=TRUE' build/release/CMakeCache.txt && echo test || echo release)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

build: ## build the release: build/bin/inkan, build/bin/inkan-app
	@tools/setup build
	@cmake --preset $(release) >build/configure.log || { cat build/configure.log; exit 1; }
	@cmake --build build/release --target programs

package: build ## the customer's program as a Debian package: build/package/*.deb, with its SHA-256
	@tools/setup package
	@cpack --config build/release/CPackConfig.cmake >build/package.log || { cat build/package.log; exit 1; }
	@cd build/package && rm -rf _CPack_Packages && sha256sum *.deb | tee SHA256SUMS

demo: build ## start every institution on this machine and leave it running; Ctrl-C stops it
	@exec build/bin/inkan demo --dir build/demo

demo-browser: ## open a browser that holds one person's certificate: make demo-browser LOGIN=ID
	@tools/setup browser
	@exec tools/demo-browser build/demo '$(LOGIN)'

test: ## build and run every test; the last line counts them
	@tools/setup test
	@cmake --preset test >build/configure.log || { cat build/configure.log; exit 1; }
	@cmake --build --preset test
	@tools/test

windows: ## the customer's program for Windows: build it with its installer, run its tests under wine
	@tools/setup windows
	@cmake --preset $(release) >build/configure.log || { cat build/configure.log; exit 1; }
	@cmake --build build/release --target inkan
	@cmake --preset windows >build/configure-windows.log || { cat build/configure-windows.log; exit 1; }
	@cmake --build build/windows
	@tools/windows

soak: build ## the long figures: kill loops, fuzz hours, virtual years; resumable
	@tools/setup test
	@tools/soak

bench: build ## benchmarks with the peers beside them: build/bench/report.md, report.json
	@tools/setup bench
	@bench/run

check: ## format, house rules, sanitizers, tidy, a minute of each fuzzer
	@tools/setup check
	@tools/check

clean: ## remove everything that was built, the demo's data too
	rm -rf build
