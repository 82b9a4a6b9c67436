# The index of every command.
.PHONY: help setup build demo kinetics accuracy smoke default-method method-images demo-daemon cases play test test-kernels test-kernels-aarch64 asan \
	tsan coverage docs lint format generated check-generated check-python check-places check-example check-benchmarks bench \
	bench-kernels soak soak-hour trust-page check-units man install deb lint-deb try-deb dist try-systemd \
	check-ffmpeg7 try-debian13 deb-debian13 try-deb-debian13 clean

release := .build/release/saliencyd
prefix ?= /usr/local
c_sources = $(shell find Sources Tests/Kernels tools/sanitizers -name '*.[ch]')
swift_sources = Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Benchmarks \
	$(wildcard Examples/*/Package.swift Examples/*/Sources)

help: ## this list
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 22

setup: ## install the Debian packages that are missing
	@tools/setup.sh

build: setup ## build the saliencyd command, with the Swift runtime inside
	@tools/build.sh

demo: build ## make a sample clip, annotate it, say where the result lies
	@tools/demo.sh $(release)

kinetics: build ## install the published network, which names 400 human actions, as kinetics-rgb (by pip)
	@tools/kinetics.py $(release)

default-method: build ## measure which method should be the default, by the rule of docs/methods/default.md (clips="A B")
	@tools/default_method.py $(release) $(if $(filter command line,$(origin clips)),$(clips))

clips ?= $(or $(wildcard $(addprefix ../shared/media/,*.mp4 *.mkv *.gif actions/*.mp4 actions/*.avi)),out/sample.mp4)
accuracy: kinetics ## hold the published network's frames and answers to PyTorch's (clips="a.mp4 b.mkv"): docs/evaluate.md
	@mkdir -p out
	@test "$(clips)" != out/sample.mp4 || $(release) sample out/sample.mp4 --force
	PYTHONPATH=tools python3 -m accuracy $(release) $(clips)

smoke: build ## have the release build make a clip and annotate it, and read back what arrived
	@tools/smoke.sh $(release)

method-images: kinetics ## make the images of docs/methods again: the built-in and the published network
	@tools/method_images.py $(release)

demo-daemon: build ## start the daemon on a folder, drop a clip, wait, show the job and the metrics
	@tools/demo-daemon.sh $(release)

test: setup ## build and run every test
	@tools/test.sh

test-kernels: setup ## build and run the kernels' own tests, without Swift
	@tools/test_kernels.sh

test-kernels-aarch64: ## the same here and for aarch64 under qemu: the results must be equal to the bit
	@tools/setup.sh gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
	@tools/test_kernels.sh aarch64

asan: setup ## the tests of what reads files and memory, with the address sanitizer: .build-asan
	@tools/sanitize.sh address

tsan: setup ## the tests of what runs side by side, with the thread sanitizer: .build-tsan
	@tools/sanitize.sh thread

coverage: setup ## which share of each module's lines the tests run: .build-coverage
	@tools/coverage.py

docs: setup ## the documentation of the engine's public interface: out/docs
	@tools/docs.py

generated: ## write the generated sources again (pip installs what their generators need into out/generated)
	@tools/generated.py write

check-generated: ## hold the generated sources to their generators
	@tools/generated.py check

check-python: ## compile the Python tools and run their tests
	@tools/check_python.sh

check-example: setup ## build and run the example package, Examples/ExplainWindow
	@tools/check_example.sh

check-places: setup ## make the additions that CONTRIBUTING.md counts in a copy of the tree, and test it
	tools/places.py build

check-benchmarks: setup ## build the benchmark package
	cd Benchmarks && swift build --product Kernels

lint: ## formatters and linters, as CI runs them
	@tools/setup.sh clang-format-14
	@clang-format-14 --dry-run -Werror $(c_sources)
	swift format lint --strict --recursive --parallel $(swift_sources)
	@tools/test_suites.py check

format: ## format in place
	@tools/setup.sh clang-format-14
	@clang-format-14 -i $(c_sources)
	swift format --in-place --recursive --parallel $(swift_sources)

bench: build ## time one window at the published size
	$(release) bench

bench-kernels: setup ## time the kernels alone (builds the benchmark package)
	cd Benchmarks && swift package --disable-sandbox benchmark --no-progress

soak: build ## kill, crowd, starve and disconnect the daemon (90 minutes; as root): docs/reliability.md
	@tools/setup.sh gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good \
		gstreamer1.0-plugins-bad
	python3 tools/soak/kill.py --command $(release)
	python3 tools/soak/crowd.py --command $(release)
	python3 tools/soak/clients.py --command $(release)
	python3 tools/soak/ledger.py --command $(release)
	python3 tools/soak/disks.py --command $(release)
	python3 tools/soak/memory.py --command $(release)
	python3 tools/soak/cameras.py disturb --command $(release)
	python3 tools/soak/cameras.py away --command $(release)
	python3 tools/soak/cameras.py clocks --command $(release)

soak-hour: build ## leave the output's disk read-only for an hour (as root)
	python3 tools/soak/disks.py --command $(release) --broken 60

trust-page: build ## images of a trust report in a browser, to look at: out/trust-page (needs Chromium)
	@tools/setup.sh chromium
	@mkdir -p out
	$(release) sample out/sample.mp4 --force
	$(release) trust out/sample.mp4 --model builtin:motion --output out/trust --methods gradient,grad-cam,guided-backprop --force
	tools/trust-page.sh out/trust/trust.html out/trust-page

cases: build ## annotate the odd files of ../shared/cases/files in MP4, MKV and WebM, and check what arrives
	tools/cases.py $(release)

play: build ## play an annotated clip in headless Chromium: duration, seeking, sound, captions
	@tools/setup.sh chromium
	@mkdir -p out
	$(release) sample out/sample.mp4 --force
	ffmpeg -v error -y -i out/sample.mp4 -f lavfi -i sine=frequency=440 -shortest -c:v copy -c:a aac out/play.mp4
	$(release) annotate out/play.mp4 --model builtin:motion --force
	tools/browser/play.py out/play.saliency.mp4

check-units: ## hold the systemd units to their exposure, and have systemd read them
	@tools/setup.sh systemd
	@systemd/check.sh

man: build ## make the manual pages, out/man, and hold them to groff's warnings
	tools/man.py $(release) out/man
	@tools/setup.sh groff
	@for page in out/man/*.1; do groff -man -ww -Tutf8 $$page 2>&1 >/dev/null; done | tee out/man/warnings
	@test ! -s out/man/warnings

install: build ## install command, manual pages, completions, units and configuration under $(prefix), honouring DESTDIR
	@tools/install.sh $(release) "$(DESTDIR)" "$(prefix)"

deb: build ## make the Debian package out/saliencyd_VERSION_amd64.deb
	@tools/deb/build.sh $(release)

dist: build ## make the archive out/saliencyd-VERSION-linux-x86_64.tar.xz with documentation and licences, and its checksum
	@tools/dist.sh $(release)

lint-deb: deb ## hold the package to Debian's policy
	@tools/setup.sh lintian
	lintian --allow-root --fail-on error,warning out/saliencyd_$$(tools/version.sh)_amd64.deb

try-deb: lint-deb ## install, use, remove and purge the package in a fresh Debian (as root, needs debootstrap)
	@tools/deb/try.sh

try-systemd: deb ## exercise the package and its units under systemd in a container (as root, needs systemd-container)
	@tools/setup.sh systemd-container dbus procps curl
	tools/try_systemd.py $$(ls -t out/saliencyd_*_amd64.deb | head -n 1)

check-ffmpeg7: ## compile what uses FFmpeg against the headers of Debian 13's FFmpeg 7.1, without linking
	@tools/debian13/check_headers.sh

try-debian13: ## build and test in a Debian 13, with its FFmpeg 7.1 (as root, needs debootstrap)
	@tools/debian13/run.sh tools/debian13/try.sh

deb-debian13: ## make the Debian package for Debian 13, in DEBIAN13/out (as root, needs debootstrap)
	@tools/debian13/run.sh make deb

try-deb-debian13: deb-debian13 ## install, use, remove and purge that package in a fresh Debian 13 (as root, needs debootstrap)
	@SUITE=trixie PACKAGE=$${DEBIAN13:-/var/tmp/saliencyd-debian13}/out/saliencyd_$$(tools/version.sh)_amd64.deb tools/deb/try.sh

clean: ## remove what was built
	rm -rf .build .build-asan .build-tsan .build-coverage out
