# Each target sets up what it needs first (packaging/setup.sh); a second time that takes no time.
MAKEFLAGS += --no-print-directory
DEMO_SECONDS ?= 20
BIN := .venv/bin
# What keeps time with sound and pictures runs by itself; the rest before it, the longest first.
INTEGRATION := $(wildcard tests/integration/test_*.py)
SERVICE := $(foreach part,both_sides ledger charges console service sign billing money time_stamps account phone_leaving phone_several phone_sign_in desktop metered headless notices releases reports upgrades network_test phone_cases phone_upgrade cases upgrade,$(filter tests/integration/test_$(part)%,$(INTEGRATION)))
TIMED := tests/unit/media/test_recorder.py tests/unit/media/sound tests/unit/media/capture
LONG := $(foreach part,network sound camera,tests/integration/test_phone_$(part).py)
TIMES := $(LONG) $(TIMED) tests/foreign $(filter-out $(SERVICE) $(LONG),$(INTEGRATION))
# A test process that dies ends the run: what it had to do would be waited for without end.
SHARE := $(BIN)/pytest --dist loadfile --no-loadscope-reorder --max-worker-restart 0
SHARED := $(SERVICE) tests $(TIMES:%=--ignore=%)

# Where there is no screen, Qt paints into memory.
ifeq ($(DISPLAY)$(WAYLAND_DISPLAY),)
export QT_QPA_PLATFORM ?= offscreen
endif

.PHONY: help demo test thorough quick check bench screens

help:
	@echo "make demo     a call between two phones, on this machine (DEMO_SECONDS=20 where there is no screen)"
	@echo "make test     all tests"
	@echo "make thorough the same, with every step of what takes long"
	@echo "make quick    the fast tests"
	@echo "make check    style, types, layers, texts"
	@echo "make bench    measurements against the figures in benchmarks/"
	@echo "make screens  pictures of every screen into demo-out/screens/"
	@echo "make package  packages into dist/, installed and started (OPERATOR=dir WITHOUT_GPL=1 PYAV=wheel NUMBER=n SEQUENCE=n)"

# The last line on standard output is the demo's JSON object: nothing may follow it.
demo:
	@packaging/setup.sh demo
	@$(BIN)/vidphone demo --out demo-out --seconds $(DEMO_SECONDS)

test:
	@packaging/setup.sh test
	@status=0; $(SHARE) -n 3 $(SHARED) || status=1; $(SHARE) -n 3 $(TIMES) || status=1; exit $$status

# Every step, kill and length of what `make test` tries a sample of, and what it leaves out (tests/conftest.py).
thorough:
	@VIDPHONE_TESTS=thorough $(MAKE) test

quick:
	@packaging/setup.sh test
	@$(BIN)/pytest -m "not slow and not sound and not foreign"

check:
	@packaging/setup.sh test
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest tests/unit/test_texts.py

bench:
	@packaging/setup.sh test
	@$(BIN)/python -m benchmarks

# On the screen there is, or on a virtual one that the script starts.
screens:
	@packaging/setup.sh test
	@$(BIN)/python packaging/screens.py

# The last line on standard output is a JSON object, as the demo's.
package:
	@packaging/setup.sh package
	@$(BIN)/python packaging/package.py $(if $(OPERATOR),--operator "$(OPERATOR)") $(if $(WITHOUT_GPL),--without-gpl) $(if $(PYAV),--pyav "$(PYAV)") $(if $(NUMBER),--number $(NUMBER)) $(if $(SEQUENCE),--sequence $(SEQUENCE))
