#!/bin/sh
# Emscripten 3.1.69 or newer. Prefers an emcc on the PATH; otherwise takes Debian 13's package, unpacked into the cache
# beside the libc that its Binaryen wants, and run with this machine's clang 19 and Node. The system's apt sources
# stay untouched. Writes <cache>/emscripten.env, which ./run reads.
set -eu
. "$(dirname "$0")/common.sh"

wanted=3.1.69
emscripten_version=3.1.69+dfsg-3
binaryen_version=120-4

is_new_enough() { [ "$(printf '%s\n%s\n' "$wanted" "$1" | sort -V | head -n 1)" = "$wanted" ]; }
version_of() { "$1" --version 2>/dev/null | sed -n '1s/.* \([0-9][0-9.]*[0-9]\).*/\1/p'; }
publish() {  # folder of Emscripten, config file or nothing
  mkdir -p "$cache"
  {
    printf 'export COUNTERSIGN_EMSCRIPTEN="%s"\n' "$1"
    [ -z "$2" ] || printf 'export EM_CONFIG="%s"\n' "$2"
  } >"$cache/emscripten.env.new"
  mv "$cache/emscripten.env.new" "$cache/emscripten.env"
}

if command -v emcc >/dev/null 2>&1; then
  found=$(version_of emcc)
  if [ -n "$found" ] && is_new_enough "$found"; then
    say "Emscripten $found from the PATH"
    publish "$(dirname "$(readlink -f "$(command -v emcc)")")" ""
    exit 0
  fi
fi

COUNTERSIGN_NODE=
[ ! -r "$cache/node.env" ] || . "$cache/node.env"
[ -x "$COUNTERSIGN_NODE" ] || { sh "$root/toolchain/node.sh"; . "$cache/node.env"; }
home="$cache/emscripten-$emscripten_version"
if [ ! -f "$home/.ready" ]; then
  need_packages clang-19 lld-19 llvm-19 python3 xz-utils ca-certificates debian-archive-keyring
  say "reading Debian 13's package lists"
  apt_private trixie deb trixie trixie-security
  say "fetching Emscripten $emscripten_version and Binaryen $binaryen_version (about 240 MB)"
  rm -rf "$home"; mkdir -p "$home/packages" "$home/libc" "$home/llvm" "$home/binaryen/bin"
  # Mirrors keep one version of a package: the compiler is pinned, the libc under it is whatever Debian 13 has now.
  (cd "$home/packages" && private_apt download "emscripten=$emscripten_version" "binaryen=$binaryen_version" \
    libc6 libstdc++6 libgcc-s1 >"$home/log" 2>&1) || { tail "$home/log" >&2; die "could not download Emscripten"; }
  say "unpacking (about 1.5 GB)"
  for package in emscripten binaryen; do dpkg -x "$home"/packages/${package}_*.deb "$home"; done
  for package in libc6 libstdc++6 libgcc-s1; do dpkg -x "$home"/packages/${package}_*.deb "$home/libc"; done
  rm -rf "$home/packages" "$home/usr/share/doc"

  loader=$(find "$home/libc" -name 'ld-linux-*.so.*' | head -n 1)
  [ -n "$loader" ] || die "no dynamic loader among the unpacked packages"
  libraries=
  for library in libstdc++.so.6 libc.so.6 libgcc_s.so.1 libbinaryen.so; do
    libraries="$libraries:$(dirname "$(find "$home" -name "$library" | head -n 1)")"
  done
  for program in "$home"/usr/bin/wasm-* "$home/usr/bin/wasm2js"; do
    name=$(basename "$program")
    printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$loader" "${libraries#:}" "$program" \
      >"$home/binaryen/bin/$name"
    chmod +x "$home/binaryen/bin/$name"
  done
  "$home/binaryen/bin/wasm-opt" --version >/dev/null || die "the unpacked Binaryen does not start"
  for program in /usr/lib/llvm-19/bin/*; do ln -s "$program" "$home/llvm/"; done
  emscripten="$home/usr/share/emscripten"
  cat >"$home/config" <<END
EMSCRIPTEN_ROOT = '$emscripten'
LLVM_ROOT = '$home/llvm'
BINARYEN_ROOT = '$home/binaryen'
NODE_JS = '$COUNTERSIGN_NODE'
CACHE = '$emscripten/cache'
END
  # Emscripten's JavaScript optimiser imports acorn, and ES imports ignore NODE_PATH.
  mkdir -p "$emscripten/node_modules"
  say "adding acorn (npm) for Emscripten's JavaScript optimiser"
  (cd "$home" && mkdir -p npm && cd npm && printf '{"private":true}\n' >package.json &&
    NODE_NO_WARNINGS=1 npm install --silent --no-audit --no-fund --ignore-scripts acorn@8.15.0) || die "npm could not install acorn"
  cp -R "$home/npm/node_modules/acorn" "$emscripten/node_modules/"
  touch "$home/.ready"
fi

emscripten="$home/usr/share/emscripten"
# Node may have moved since: the config names the one that is used now.
sed -i "s|^NODE_JS = .*|NODE_JS = '$COUNTERSIGN_NODE'|" "$home/config"
found=$(EM_CONFIG="$home/config" version_of "$emscripten/emcc")
[ -n "$found" ] || die "the unpacked Emscripten does not start: EM_CONFIG=$home/config $emscripten/emcc --version"
publish "$emscripten" "$home/config"
say "Emscripten $found (Debian 13's package, in the cache)"
