# Puts the tools that toolchain/setup.sh brought into this shell's environment. Sourced:  . toolchain/env.sh
# (From a folder other than the project's root, too: only the cache is named.)
countersign_cache=${XDG_CACHE_HOME:-$HOME/.cache}/countersign
for countersign_part in node emscripten browser; do
  if [ -r "$countersign_cache/$countersign_part.env" ]; then . "$countersign_cache/$countersign_part.env"; fi
done
unset countersign_cache countersign_part
# No npm package may bring a browser of its own; the tests use the one from apt.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 PUPPETEER_SKIP_DOWNLOAD=1
if command -v ccache >/dev/null 2>&1; then EM_COMPILER_WRAPPER=$(command -v ccache); export EM_COMPILER_WRAPPER; fi
