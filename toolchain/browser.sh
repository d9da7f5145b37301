#!/bin/sh
# Chromium from apt for the browser tests, with a font so that text has a shape. No browser comes through npm.
set -eu
. "$(dirname "$0")/common.sh"

found=
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then found=$name; break; fi
done
if [ -z "$found" ]; then
  need_packages chromium fonts-dejavu-core
  found=chromium
fi
mkdir -p "$cache"
printf 'export CHROMIUM="%s"\n' "$(command -v "$found")" >"$cache/browser.env"
say "browser for the tests: $("$found" --version 2>/dev/null | head -n 1)"
