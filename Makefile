# Each target looks for the system packages it needs and installs what is missing.
#
#   make run        open the window on a template; without a display, plan it on the command line
#   make test       all tests
#   make check      format, lints, tests, documentation, dependencies, spelling: what CI runs
#   make bench      benchmarks of the solver and the model
#   make twin       the linear program once more in Python (benches/peers/plan_twin.py), where linopy is installed
#   make package    a tarball, and on Debian and Ubuntu a package, in dist/

TEMPLATE = site_templates/west-texas-100mw.site.ron

# Outside the working copy, so that a second copy finds the dependencies compiled.
CACHE = $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/wattshift
CARGO_TARGET_DIR ?= $(CACHE)/target
export CARGO_TARGET_DIR
TOOLS = $(CACHE)/tools
SETUP = sh packaging/setup.sh

.PHONY: help run test check format lint documentation dependencies spelling bench twin package
# The parts of `make check` share one build folder and one screen.
.NOTPARALLEL:

help:
	@sed -n '/^# *make /s/^# *//p' Makefile

# Without a display the program itself says so and plans the template.
run:
	@$(SETUP) build window
	cargo run -- $(TEMPLATE)

test:
	@$(SETUP) build pictures solvers
	cargo test

check: format lint test documentation dependencies spelling

format:
	cargo fmt --check

lint:
	@$(SETUP) build
	cargo clippy --all-targets -- -D warnings
	@# Pure Rust, without the window and HiGHS: what a machine without a C++ compiler builds.
	cargo clippy --all-targets --no-default-features -- -D warnings

documentation:
	@$(SETUP) build
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --lib

# Licences, sources and banned crates; known vulnerabilities where their list can be fetched (packaging/audit.sh).
dependencies:
	@sh packaging/tools.sh $(TOOLS) cargo-deny
	PATH="$(TOOLS)/bin:$$PATH" sh packaging/audit.sh

spelling:
	@sh packaging/tools.sh $(TOOLS) typos
	PATH="$(TOOLS)/bin:$$PATH" typos

bench:
	@$(SETUP) build
	cargo bench --no-default-features --features highs

# Packages and versions: benches/peers/requirements.txt. DETAIL=full for months.
PYTHON = python3
DETAIL = quick
twin:
	@$(PYTHON) -c "import linopy, highspy" || { echo "make twin needs the packages of benches/peers/requirements.txt" >&2; exit 1; }
	@$(SETUP) build
	cargo build --release
	$(PYTHON) benches/peers/plan_twin.py --program "$(CARGO_TARGET_DIR)/release/wattshift" --detail $(DETAIL) --variants site_templates/*.site.ron
	$(PYTHON) benches/peers/plan_twin.py --program "$(CARGO_TARGET_DIR)/release/wattshift" --detail $(DETAIL) tests/files/plan_cases/*.site.ron

package:
	@$(SETUP) build
	sh packaging/package.sh
