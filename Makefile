# SPDX-License-Identifier: BSD-3-Clause
# The list of verbs; CI runs the same ones. Nothing builds in-tree: output goes to
# build/, what is downloaded or remembered to .cache/.

export PATH := $(CURDIR)/.cache/venv/bin:$(PATH)
export PYTHONPATH := $(CURDIR)
export PYTHONPYCACHEPREFIX := $(CURDIR)/.cache/pycache
export PYTEST_ADDOPTS := -o cache_dir=$(CURDIR)/.cache/pytest
export RUFF_CACHE_DIR := $(CURDIR)/.cache/ruff
export MYPY_CACHE_DIR := $(CURDIR)/.cache/mypy
export XDG_CACHE_HOME := $(CURDIR)/.cache/xdg

PYTEST := python -m pytest -q -ra --timeout 120
SHELL_SCRIPTS := lab/setup.sh lab/check-host.sh driver/tests/bindings/check.sh driver/tests/loopback.sh libmcapi/man/check.sh libmcapi/fuzz/check.sh libmcapi/models/check.sh .ci/run \
	packaging/deb.sh packaging/check-deb.sh packaging/debian/mcapi-udev.postrm \
	$(filter-out %/control,$(wildcard packaging/debian/tests/*))

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: demo
demo: setup ## two emulated boards and this machine exchange messages
	@python -m lab demo

.PHONY: shell
shell: setup ## the same boards, with their consoles
	@python -m lab shell

.PHONY: images
images: setup ## build the emulated boards (modules, library, Python package, demos, initramfs)
	@python -m lab build arm64 amd64 host

.PHONY: test
test: lint check-lab check-bindings check-kunit check-layer check-models check-fuzz check-host test-board ## everything that is fast enough for each change

.PHONY: lint
lint: setup ## every linter
	ruff check
	ruff format --check --exclude '*.md'
	MYPYPATH=python mypy lab tests/board tests/host python/mcapi demos/python
	MYPYPATH=python mypy python/tests
	MYPYPATH=python mypy demos/tests
	mypy tests/layer tests/deb
	mypy libmcapi/conformance
	shellcheck $(SHELL_SCRIPTS)
	shellcheck --shell dash lab/board/init driver/tests/kernel/init
	git ls-files -z '*.yml' '*.yaml' | xargs -0 yamllint --strict
	git ls-files -z ':!LICENSES' ':!libmcapi/fuzz/corpus' | xargs -0 codespell --ignore-words-list buildd,filp,mispell

.PHONY: check-lab
check-lab: setup ## tests of the lab's own code
	$(PYTEST) lab/tests

.PHONY: check-bindings
check-bindings: setup ## device-tree bindings, their examples and what they must refuse
	$(MAKE) -C driver dt-check BUILD=$(CURDIR)/build/check/bindings

.PHONY: check-layer
check-layer: setup ## the OpenEmbedded layer
	$(PYTEST) tests/layer

.PHONY: layer-check
layer-check: setup ## all that BitBake can say of the layer: takes hours, not as root
	MCAPI_LAYER_CHECK=1 $(PYTEST) -v tests/layer/test_layer_bitbake.py

.PHONY: recipes
recipes: setup ## the layer's recipes and image, by BitBake with Debian's toolchain; not as root
	MCAPI_LAYER_CHECK=1 $(PYTEST) -v tests/layer/test_layer_build.py

.PHONY: check-host
check-host: setup ## library (plain and sanitized), driver logic, Python package, demos, host peers
	@python -m lab build host
	lab/check-host.sh

.PHONY: conformance
conformance: setup ## after check-host: write docs/conformance.md from what the library's tests get
	rm -f build/check/conformance*.txt
	MCAPI_CONFORMANCE=$(CURDIR)/build/check/conformance.txt meson test -C build/check/libmcapi
	@python -m lab build arm64 amd64 host
	$(PYTEST) --lg-env lab/targets/boards.yaml tests/board/test_conformance.py -k test_program
	python libmcapi/conformance/report.py --local build/check/conformance.txt \
		--boards build/check/conformance-boards.txt

.PHONY: test-board
test-board: setup ## tests on the emulated boards
	@python -m lab build arm64 amd64 host
	$(PYTEST) --lg-env lab/targets/boards.yaml tests/board

.PHONY: stress
stress: setup ## the driver at length: 100,000 doorbells, 1,000,000 wrong calls; minutes
	@python -m lab build arm64 amd64 host
	MCAPI_STRESS=1 $(PYTEST) -s --lg-env lab/targets/boards.yaml tests/board -k test_calls_at_length

.PHONY: doorbells
doorbells: setup ## interrupts per message on the emulated boards; RECORD=yes for docs/doorbells.md
	@python -m lab.doorbells $(if $(RECORD),--record)

.PHONY: latency
latency: setup ## how long wake-ups take, with Debian's kernel and with its PREEMPT_RT one
	set -e; for kernel in '' rt; do MCAPI_KERNEL=$$kernel python -m lab.latency; done

.PHONY: check-models
check-models: setup ## protocols of the window, by model checking; a minute
	libmcapi/models/check.sh $(CURDIR)/build/check/models

.PHONY: check-fuzz
check-fuzz: setup ## a peer that writes what libFuzzer says; SECONDS=30
	libmcapi/fuzz/check.sh build/check/fuzz $(or $(SECONDS),30)

.PHONY: torture
torture: setup ## a node killed 1,000 times, 100,000 words scribbled over sections; minutes
	@[ -d build/check/libmcapi ] || meson setup --buildtype debug -Dwerror=true \
		-Dtests=enabled -Dtools=enabled build/check/libmcapi libmcapi
	MCAPI_TORTURE=1 meson test -C build/check/libmcapi --timeout-multiplier 10 \
		--print-errorlogs kill scribble

.PHONY: bench
bench: setup ## speed of the library against the machine's own; RECORD=yes for docs/benchmarks.md
	@mkdir -p build/bench
	@[ -d build/bench/libmcapi ] || meson setup --buildtype release -Dtools=enabled \
		-Dtests=disabled build/bench/libmcapi libmcapi >build/bench/meson.log
	@meson compile -C build/bench/libmcapi >build/bench/build.log || { cat build/bench/build.log; false; }
	build/bench/libmcapi/tools/bench/mcapi-bench --json build/bench/results.json
	@python -m lab.bench build/bench/results.json $(if $(RECORD),--record)

.PHONY: deb
deb: setup ## Debian packages, into build/deb, checked by lintian
	$(PYTEST) tests/deb
	packaging/deb.sh

.PHONY: check-deb
check-deb: deb ## build, install, test and purge the packages in a fresh Debian (needs root)
	packaging/check-deb.sh

.PHONY: kunit
kunit: setup ## the driver's tests on a kernel with KUnit and lockdep; the first time builds it
	@python -m lab.testkernel lockdep

.PHONY: check-kunit
check-kunit: setup ## the same, if that kernel is built already
	@python -m lab.testkernel --if-built lockdep

.PHONY: check-memory
check-memory: setup ## the same on kernels with KASAN and with KCSAN; slow
	@python -m lab.testkernel kasan kcsan

.PHONY: kernels
kernels: setup ## the driver built for each kernel that it is for, run on the boards with some; slow
	@python -m lab.kernels
	set -e; for kernel in '' 6.12 rt; do $(MAKE) test-board MCAPI_KERNEL=$$kernel; done

.PHONY: setup
setup:
	@lab/setup.sh

.PHONY: clean
clean: ## remove what was built, but for what kas has there
	[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name conf ! -name 'tmp*' \
		! -name cache ! -name downloads ! -name sstate-cache -exec rm -rf {} +

.PHONY: distclean
distclean: clean ## remove what was downloaded, too
	rm -rf .cache
