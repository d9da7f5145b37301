#!/bin/sh
# clang-format over the C++ that git knows. No argument: rewrites. --check: names what differs and fails.
set -eu
cd "$(dirname "$0")/.."
mode=${1:-}
files=$(git ls-files -- '*.cc' '*.h' | while read -r file; do [ ! -f "$file" ] || printf '%s\n' "$file"; done)
[ -n "$files" ] || { echo "no C++ files"; exit 1; }
case $mode in
  --check)
    bad=$(printf '%s\n' "$files" | xargs -P 2 -n 8 sh -c '
      for file; do clang-format-19 "$file" | cmp -s - "$file" || printf "%s\n" "$file"; done' sh | sort)
    total=$(printf '%s\n' "$files" | wc -l)
    failed=0
    for file in $bad; do
      echo "not formatted: $file (toolchain/format.sh rewrites it)"
      failed=$((failed + 1))
    done
    echo "$((total - failed)) passed, $failed failed"
    [ $failed = 0 ]
    ;;
  '') printf '%s\n' "$files" | xargs -P 2 -n 8 clang-format-19 -i ;;
  *) echo "usage: toolchain/format.sh [--check]" >&2; exit 2 ;;
esac
