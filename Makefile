# Every target is one line of packaging/bootstrap.py, so that Windows can do the same without make.
# ARGS="..." goes on to the program that is run.

PYTHON ?= $(shell command -v python3 || command -v python || echo python3)
COMMANDS := run test lint format translations bench bench-speed bench-store bench-ui soak faults audit screenshots bundle deb rpm tar try-packages release clean

.DEFAULT_GOAL := help
.PHONY: help $(COMMANDS)

help:
	@echo "make run          open Outrider; the first time, install and build what it needs"
	@echo "make test         the whole gate: format, lint, types, import contracts, tests"
	@echo "make lint         the gate without the tests"
	@echo "make format       format the code"
	@echo "make translations  bring the catalogues up to the sentences of the code, and compile them"
	@echo "make bench        compare all methods on the pair of benchmark models: build/bench.html"
	@echo "make bench-speed  time auto against plain and chains, in memory and streamed (half an hour)"
	@echo "make bench-store  time the store with 10,000 conversations"
	@echo "make bench-ui     time the window: long conversations, scrolling, streaming; three minutes"
	@echo "make soak         kill a process that writes conversations over 1,000 steps: nothing may be lost"
	@echo "make faults       kill, stop and starve the engine while a reply streams: nothing may be lost"
	@echo "make audit        list licences of all parts, and their known weaknesses with pip-audit"
	@echo "make screenshots  every view in light, dark, RTL and larger scales: build/screenshots; docs/pictures"
	@echo "make bundle       Outrider in one folder that needs no Python: dist/outrider"
	@echo "make deb          that folder as a Debian package"
	@echo "make rpm          that folder as an RPM package"
	@echo "make tar          that folder as a .tar.xz that runs where it is unpacked"
	@echo "make try-packages install, use and remove those on a clean Debian without Python (root only)"
	@echo "make release      all that is published of a version: packages, wheel, SBOM, sums: dist/release"
	@echo "make clean        remove the environment, build outputs and caches; never models or chats"

$(COMMANDS):
	@command -v $(PYTHON) >/dev/null || { echo "Outrider needs Python 3.11 to 3.14, and there is none."; exit 1; }
	@$(PYTHON) packaging/bootstrap.py $@ $(ARGS)
