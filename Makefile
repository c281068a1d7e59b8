# Everything a newcomer needs: `make nightly`, then `make test`.
.PHONY: help nightly demo test test-all unit lint format generated page screenshot benchmarks ui lock clean
.DEFAULT_GOAL := help

BIN := .venv/bin
# Nothing here phones home.
export DO_NOT_TRACK := 1

# The sample returns belong in the default var/ alone.
SAMPLES := $(if $(SAVINGS_CONFIG)$(SAVINGS_HOME)$(SAVINGS_LANDING_DIR)$(SAVINGS_REFERENCE_DIR),,--history sources/samples/history.csv)

# All of it is invented, so it has a home of its own, and no setting of a council's: its database, whom it tells.
# Some returns are refused on purpose: the load ends with 1.
DEMO := var/demo
OF_NOBODY = env $(patsubst %,--unset=%,$(filter SAVINGS_%,$(.VARIABLES)))
OF_DEMO = $(OF_NOBODY) SAVINGS_HOME=$(DEMO)/var SAVINGS_REFERENCE_DIR=$(DEMO)/reference
LOAD_DEMO = $(OF_DEMO) $(BIN)/savings load --history $(DEMO)/history.csv || test $$? = 1

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

nightly: ## Run the night's job once, on the sample returns unless settings of your own are
	@requirements/install run
	@$(BIN)/savings load $(SAMPLES)

demo: $(DEMO) ## Load three illustrative years into var/demo and open their pages in your browser
	@test -e $(DEMO)/var/current || $(LOAD_DEMO)
	@$(OF_DEMO) $(BIN)/savings open

$(DEMO): installed
	@test -d $@ || $(BIN)/python -m sources.samples.many_years $@ >/dev/null

.PHONY: installed
installed:
	@requirements/install run

# Whole nights and builds, years of returns, faults, and the programs of others take longest and change least.
SLOW := browser builds faults golden nights office postgres spark
PYTEST := $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder

test: ## Run the tests that take five minutes on two cores: all but the slow tiers
	@requirements/install dev
	@$(PYTEST) --numprocesses auto tests $(SLOW:%=--ignore=tests/%)

# One worker more than there are cores: a test that waits for a daemon or a browser leaves its core to another.
test-all: ## Run every test, as the gate does
	@requirements/install dev
	@requirements/install spark
	@$(PYTEST) --numprocesses $$(($$(getconf _NPROCESSORS_ONLN) + 1)) tests

unit: ## Run the fast tests alone
	@requirements/install dev
	@$(BIN)/python -m pytest tests/unit

lint: ## Check style, types and SQL
	@requirements/install dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 0 dbt_project/models dbt_project/tests

format: ## Rewrite Python and SQL in the house style
	@requirements/install dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix --processes 0 dbt_project/models dbt_project/tests

generated: ## Write all that is made from the project and committed: samples, documents, list of checks, picture, faults
	@requirements/install dev
	@$(BIN)/python -m tests.generated

page: ## Write dbt's page about the warehouse that was built last, with its lineage
	@requirements/install run
	@$(BIN)/python -m dbt_project.documentation $(or $(SAVINGS_HOME),var)/build/candidate.duckdb warehouse.html

screenshot: ## Take the README's picture of the pages of the release in force (needs chromium)
	@chromium --headless --no-sandbox --hide-scrollbars --window-size=1280,1180 --screenshot=docs/overview.png "file://$(abspath $(or $(SAVINGS_HOME),var))/current/site/index.html"

# Those that say what a build costs take copies of the demo's. Each writes a file beside itself.
BENCHMARKS := night intake year_of_councils verdict peers growth councils councils_on_spark
OF_A_BUILD := checks engines volume
benchmarks: $(DEMO) ## Measure every figure of the documents again, in some five hours of a quiet machine, and quote it
	@requirements/install dev
	@requirements/install spark
	@$(LOAD_DEMO)
	@for each in $(OF_A_BUILD); do $(OF_NOBODY) PYTHONPATH=. $(BIN)/python benchmarks/bench_$$each.py $(DEMO)/var/build/candidate.duckdb || exit; done
	@for each in $(BENCHMARKS); do $(OF_NOBODY) PYTHONPATH=. $(BIN)/python benchmarks/bench_$$each.py || exit; done
	@$(BIN)/python -m tests.generated

ui: ## Open Dagster's pages on this machine alone, with its schedule
	@requirements/install run
	@DAGSTER_HOME=$$($(BIN)/python -m orchestration.instance) $(BIN)/dagster dev --host 127.0.0.1

lock: ## Write the locks again (needs uv and npm)
	@requirements/lock

clean: ## Remove what building left, never var/
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info dbt_project/target dbt_project/logs
