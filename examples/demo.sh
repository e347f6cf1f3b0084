#!/usr/bin/env bash
# The main job, end to end: plan over the quickstart's thousand accounts, apply, and plan again. Works in a scratch copy; leaves nothing behind.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -R "$root/examples/quickstart" "$scratch/quickstart"
echo "\$ go run ./testdata/bench/gen -preset quickstart -until now     # the same data, up to today"
(cd "$root" && go run ./testdata/bench/gen -preset quickstart -until now -out "$scratch/quickstart/data")
cd "$scratch"
unset CI # a scratch copy begins a state of its own
play() { echo; echo "\$ playctl $*"; "$root/bin/playctl" "$@"; }
play validate -C quickstart
play plan -C quickstart
play apply -C quickstart --yes
play plan -C quickstart --detailed-exitcode
