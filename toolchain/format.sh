#!/bin/sh
# clang-format over the C++ that git knows. No argument: rewrites. --check: names what differs and fails.
set -eu
cd "$(dirname "$0")/.."
mode=${1:-}
files=$(git ls-files -- '*.cc' '*.h' | while read -r file; do [ ! -f "$file" ] || printf '%s\n' "$file"; done)
[ -n "$files" ] || { echo "no C++ files"; exit 1; }
case $mode in
  --check)
    status=0
    bad=$(printf '%s\n' "$files" | xargs -P 2 -n 20 clang-format-19 --dry-run -Werror 2>&1 |
      sed -n 's/^\([^:]*\):[0-9].*clang-format-violations.*/\1/p' | sort -u) || true
    total=$(printf '%s\n' "$files" | wc -l)
    failed=0
    for file in $bad; do
      echo "not formatted: $file (toolchain/format.sh rewrites it)"
      failed=$((failed + 1)); status=1
    done
    echo "$((total - failed)) passed, $failed failed"
    exit $status
    ;;
  '') printf '%s\n' "$files" | xargs -P 2 -n 20 clang-format-19 -i ;;
  *) echo "usage: toolchain/format.sh [--check]" >&2; exit 2 ;;
esac
