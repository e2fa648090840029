# What can be done here. Each target installs what it misses (Debian 12, root).
SHELL := /bin/bash
.DEFAULT_GOAL := help
PACKAGES := libyaml-dev libsqlite3-dev strace age mmdebstrap busybox-static time tzdata python3-yaml python3-jsonschema dmidecode
missing = $(shell for p in $(1); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done)

.PHONY: install-tests package judges import-roots units fuzz build-tool help install build test test-root check release demo bench docs torture

help: ## shows this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## installs the libraries that the build needs
	@missing="$(call missing,$(PACKAGES))"; \
	if [ -n "$$missing" ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing; fi

build: install ## builds everything in debug form
	swift build --build-tests

TEST_ROOT := /var/tmp/lodestar-test-root

test-root: ## makes the disposable Debian root that tests of the real host copy
	Tests/Tools/make-root.sh $(TEST_ROOT)

test: build check test-root release ## builds and runs all tests
	LODESTAR_TEST_ROOT=$(TEST_ROOT) swift test
	Tests/Tools/terminal.py dist/lodestar
	Tests/Tools/monitor-booted.sh dist/lodestar $(TEST_ROOT) short
	Tests/Tools/std-monitoring.sh dist/lodestar $(TEST_ROOT)
	Tests/Tools/booted.sh dist/lodestar $(TEST_ROOT)
	Tests/Tools/sshd-booted.sh dist/lodestar $(TEST_ROOT)
	Tests/Tools/mini-os.sh dist/lodestar /var/tmp/lodestar-kernel
	Tests/Tools/image-judge.sh dist/lodestar /var/tmp/lodestar-kernel
	Tests/Tools/hostinfo-live.sh dist/lodestar
	Tests/Tools/no-proc.sh dist/lodestar dist/hostinfo
	Tests/Tools/hostinfo-netns.sh dist/hostinfo
	Tests/Tools/hostinfo-qemu.sh dist/hostinfo /var/tmp/lodestar-kernel
	Tests/Tools/units.py dist/lodestar 16
	Tests/Tools/access-judge.py dist/lodestar $(TEST_ROOT) 6
	Tests/Tools/safeguard-judge.sh dist/lodestar $(TEST_ROOT)
	Tests/Tools/access-booted.sh dist/lodestar $(TEST_ROOT)
	Tests/Torture/torture.sh dist/lodestar 14 10 2> /dev/null
	Tests/Tools/facts-faults.py dist/lodestar dist/hostinfo
	Tests/Tools/agent.py dist/lodestar
	Tests/Tools/agent-faults.py dist/lodestar
	Tests/Tools/agent-booted.sh dist/lodestar $(TEST_ROOT)
	Tests/Torture/agent-kills.py dist/lodestar 100 16
	Tests/Torture/faults.sh dist/lodestar short
	Tests/Tools/package-judge.sh dist/lodestar $(TEST_ROOT)
	Tests/Tools/source-judge.sh dist/lodestar $(TEST_ROOT)
	CASES=30 Tests/Tools/bundle-judge.sh dist/lodestar $(TEST_ROOT)
	CASES=1 Tests/Tools/pack-judge.sh dist/lodestar $(TEST_ROOT)
	Tests/Tools/install-judge.py dist/lodestar 3
	Tests/Tools/web-judge.sh dist/lodestar $(TEST_ROOT)
	Tests/Tools/report-judge.sh dist/lodestar $(TEST_ROOT)

demo: build-tool test-root ## shows the main job on a disposable real Debian root
	@Examples/demo.sh .build/debug/lodestar $(TEST_ROOT)

build-tool: install
	swift build --product lodestar

check: build-tool ## format, lint, import rules, decisions by values, fresh pages
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Manifests
	Tests/Tools/check-imports.sh
	Tests/Tools/check-decisions.sh
	Tests/Tools/package.py drawing --check
	Tests/Tools/reference.sh --check

docs: build-tool ## writes the reference pages from the types' tables, and the drawing of the targets
	Tests/Tools/reference.sh
	Tests/Tools/package.py drawing

torture: release ## kills applies at every system call, swaps links, cuts the power, fills disks, injects errors
	Tests/Torture/torture.sh dist/lodestar $(or $(POINTS),100000) $(or $(KILLS),1000)
	Tests/Torture/agent-kills.py dist/lodestar $(or $(AGENT_KILLS),10000) 200
	Tests/Torture/swaps.sh dist/lodestar $(or $(APPLIES),200)
	Tests/Torture/faults.sh dist/lodestar controls
	Tests/Torture/faults.sh dist/lodestar long
	swift build -c release --product schedule-bench
	.build/release/schedule-bench brute $(or $(EXPRESSIONS),20)

units: release ## compares services with systemctl on the units of some 450 Debian packages (95 MB, downloaded once)
	Tests/Tools/units.py dist/lodestar 1000

import-roots: build-tool ## imports fresh roots of Debian 11 to 13 and Ubuntu and plans what came out (downloads 2 GB once)
	Tests/Tools/import-roots.sh .build/debug/lodestar

judges: build test-root release ## long runs beside other programs: cron and run-parts (a minute), partition tables and every mkfs (a minute), monitors on a booted system (4 minutes), CASES=3000 roots for useradd(8) and its kin
	Tests/Tools/cron-judge.py .build/debug/lodestar
	Tests/Tools/disk-judge.py .build/debug/lodestar
	Tests/Tools/image-judge.sh dist/lodestar /var/tmp/lodestar-kernel long
	Tests/Tools/pxe-judge.sh dist/lodestar /var/tmp/lodestar-kernel
	Tests/Tools/monitor-booted.sh .build/debug/lodestar $(TEST_ROOT)
	Tests/Tools/access-judge.py .build/debug/lodestar $(TEST_ROOT) 300
	Tests/Tools/source-status-judge.sh .build/debug/lodestar $(TEST_ROOT)
	Tests/Tools/source-stages-judge.sh .build/debug/lodestar $(TEST_ROOT)
	CASES=500 Tests/Tools/bundle-judge.sh .build/debug/lodestar $(TEST_ROOT)
	CASES=30 Tests/Tools/pack-judge.sh dist/lodestar $(TEST_ROOT)
	LIBRARIES=1 Tests/Tools/first-boot.sh .build/debug/lodestar $(TEST_ROOT)-git
	Tests/Tools/cloud-init.sh dist/lodestar
	LODESTAR_USERADD_CASES=$(or $(CASES),3000) swift test --skip-build --filter UseraddTests

install-tests: release ## installs machines in qemu from blank disks (UEFI and BIOS, KILLS=5 power cuts), and profiles into files (100 kills)
	Tests/Tools/install-judge.py dist/lodestar 100
	Tests/Tools/install-booted.sh dist/lodestar /var/tmp/lodestar-kernel $(or $(KILLS),5)

fuzz: install ## fuzzes every parser of untrusted text; SECONDS_EACH=600 for longer, NAMES="Manifest Expression" for some
	Tests/Fuzz/fuzz.sh $(or $(SECONDS_EACH),60) $(NAMES)

bench: release test-root ## measures lodestar beside the C floor; ENGINES=floor,cfengine,lodestar for more (README of Tests/Benchmarks/peers)
	Tests/Benchmarks/schedules.sh
	Tests/Benchmarks/agent.py dist/lodestar $(TEST_ROOT)
	Tests/Benchmarks/host.py $(TEST_ROOT) dist/lodestar 1000,10000
	Tests/Benchmarks/bench.sh $(or $(ENGINES),floor,lodestar) $(or $(SIZES),1000)
	Tests/Benchmarks/facts.sh dist/hostinfo dist/lodestar
	Tests/Benchmarks/fleet.py dist/lodestar

# Optimised for size, with a section for each function, so that the linker leaves out those that nothing calls and folds those
# that are the same: a tenth less, and no slower. Without unwind tables (decision 126).
SMALL := -Xswiftc -Osize -Xswiftc -Xfrontend -Xswiftc -function-sections -Xcc -ffunction-sections -Xcc -fdata-sections -Xlinker --icf=safe \
  -Xswiftc -Xclang-linker -Xswiftc -fuse-ld=lld -Xlinker -T.ci/no-unwind-tables.ld

package: release ## packs dist/lodestar_VERSION_ARCHITECTURE.deb
	.ci/package/make-deb.sh dist/lodestar dist

release: install ## writes the static binaries to dist: lodestar, and hostinfo for other tools
	for p in lodestar hostinfo; do \
	  swift build -c release --product $$p --static-swift-stdlib -Xswiftc -static-executable $(SMALL) || exit 1; \
	  mkdir -p dist; strip -o dist/$$p .build/release/$$p; \
	done
