# `make` alone lists what it can do.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
ENVIRONMENT := .venv/.installed
MODULES := frontend/node_modules/.installed
PEERS := tests/load/peers/node_modules/.installed
PAGE := frontend/dist/index.html
PAGE_SOURCES = $(shell find frontend/src frontend/public frontend/index.html frontend/vite.config.ts -type f)
COMPOSE = $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)
APART := not servers and not browser and not product
UNIT := $(APART) and not composed
QUICK := format lint types imports length page-lint page-types

# What tests write is thrown away: where memory has room for it, nothing waits for a disk.
TESTS_DIR := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 8000000 { print $$6 }')
unexport PYTHONDONTWRITEBYTECODE
test check e2e: export TMPDIR := $(or $(TESTS_DIR),$(TMPDIR),/tmp)

.PHONY: help setup servers run demo test check e2e stack up down bench client migration \
        fresh unit apart served page-test $(QUICK)

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-11s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(ENVIRONMENT) $(MODULES) ## .venv and node_modules, from the lock files; needs no root

servers: ## RabbitMQ, Redis, PostgreSQL, nginx, Prometheus, Chromium from the system's packages, where missing
	@infra/setup/servers.sh

run: setup $(PAGE) ## everything in one process on this machine (PORT, HOST, DATA_DIR)
	@LOG_LEVEL=$${LOG_LEVEL:-WARNING} exec $(BIN)/python -m services

demo: setup $(PAGE) ## the same with a synthetic team that lives
	@LOG_LEVEL=$${LOG_LEVEL:-WARNING} exec $(BIN)/python -m services demo

test: setup servers $(PAGE) $(PEERS) ## all checks and all tests, on real servers
	@$(MAKE) -j2 --keep-going apart served

check: setup ## the quick half, under a minute: format, lint, types, imports, tests without servers
	@$(MAKE) -j2 --keep-going --output-sync=target unit $(QUICK)

e2e: setup servers $(PAGE) ## the scenarios, in both shapes, one at a time and held to their seconds
	@PROMISES=held $(BIN)/pytest tests/e2e tests/access/test_tokens.py

stack: setup servers $(PAGE) ## the distributed topology as local processes, on private ports
	@exec $(BIN)/python -m tests.support.stack

up: ## the distributed topology in containers
	@infra/setup/secrets.sh
	$(COMPOSE) up --build --detach

down: ## end what `make up` started; the data stays
	$(COMPOSE) down

bench: setup servers $(PAGE) $(PEERS) ## how much it carries
	@exec $(BIN)/python -m tests.load

client: setup ## docs/openapi.json, the page's types and the front door's routes, anew from the code
	$(BIN)/python -m services openapi > docs/openapi.json.new
	mv docs/openapi.json.new docs/openapi.json
	cd frontend && npm run --silent generate
	$(BIN)/python -m infra.nginx.routes docs/openapi.json > infra/nginx/routes.conf

migration: setup ## a new migration: SERVICE=ingest NAME=add_notes
	@test -n "$(SERVICE)" -a -n "$(NAME)" || { echo "usage: make migration SERVICE=ingest NAME=add_notes"; exit 2; }
	$(BIN)/python -m services migrate --new $(SERVICE) $(NAME)

# What the targets above are made of.

# Servers and browsers are often waited for: what needs none takes the time that this leaves.
apart:
	@mkdir -p test-results
	@nice -n 5 $(MAKE) --keep-going $(QUICK) fresh page-test unit UNIT="$(APART)" >test-results/apart.log 2>&1; \
	done=$$?; cat test-results/apart.log; exit $$done
served:
	@$(BIN)/pytest -m "not ($(APART))" -n 3 --dist loadfile --no-loadscope-reorder

$(ENVIRONMENT): requirements.lock pyproject.toml agent/pyproject.toml
	@infra/setup/python.sh
	@touch $@

$(MODULES): frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund
	@touch $@

$(PEERS): tests/load/peers/package-lock.json
	cd tests/load/peers && npm ci --no-audit --no-fund
	@touch $@

$(PAGE): $(MODULES) $(PAGE_SOURCES)
	cd frontend && npm run --silent build
	@touch $@

format:
	@$(BIN)/ruff format --check --quiet .
lint:
	@$(BIN)/ruff check --quiet .
types:
	@$(BIN)/mypy --no-error-summary
imports:
	@$(BIN)/lint-imports
length:
	@$(BIN)/python infra/lint/length.py
unit:
	@$(BIN)/pytest -q -n 2 --dist worksteal -m "$(UNIT)"
page-lint:
	@cd frontend && npm run --silent lint
page-types:
	@cd frontend && npm run --silent typecheck
page-test:
	@cd frontend && npm test --silent
fresh:
	@infra/lint/fresh.sh
