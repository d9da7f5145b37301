#!/bin/sh
# Brings every tool that the build needs, and says what it does. Idempotent: a second run only checks.
# Usage: toolchain/setup.sh [native] [node] [wasm] [browser]     (no argument: all of them)
set -eu
here=$(dirname "$0")
[ $# -gt 0 ] || set -- native node wasm browser
for part in "$@"; do
  case $part in
    native|node|wasm|browser) sh "$here/$part.sh" ;;
    *) printf 'error: %s is not one of native, node, wasm, browser\n' "$part" >&2; exit 2 ;;
  esac
done
