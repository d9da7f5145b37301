#!/bin/sh
# The native build's needs: clang 19, CMake, Ninja, GoogleTest's sources, and three C libraries as Debian source
# packages (libsodium, cmark-gfm, libyaml), which CMake compiles for the machine and for wasm from the same files.
set -eu
. "$(dirname "$0")/common.sh"

need_packages clang-19 lld-19 llvm-19 libclang-rt-19-dev clang-format-19 libc6-dev libstdc++-12-dev cmake ninja-build \
  googletest nlohmann-json3-dev ccache brotli python3 xz-utils git dpkg-dev ca-certificates debian-archive-keyring

# fetch_source PACKAGE VERSION SHA256-OF-THE-ORIG-TARBALL
# The folder's name carries no Debian revision: security patches of the same upstream version are welcome, another
# upstream version is not. apt checks the signature; the hash pins the upstream release as well.
fetch_source() {
  target="$cache/source/$1-$2"
  [ ! -f "$target/.ready" ] || return 0
  if [ -z "${source_lists:-}" ]; then
    say "reading Debian's source package lists"
    apt_private source deb-src bookworm bookworm-security
    source_lists=yes
  fi
  say "fetching the source of $1 $2"
  work="$cache/source/.$1.$$"
  rm -rf "$work" "$target"; mkdir -p "$work"
  (cd "$work" && private_apt source --download-only "$1" >apt.log 2>&1) || { tail "$work/apt.log" >&2; die "no source of $1"; }
  printf '%s  %s\n' "$3" "$work/$1_$2.orig.tar.gz" | sha256sum --check --quiet - ||
    die "the source of $1 is not the pinned $2"
  (cd "$work" && dpkg-source --no-copy -x "$1"_*.dsc tree >dpkg.log 2>&1) || { tail "$work/dpkg.log" >&2; die "$1: unpacking failed"; }
  touch "$work/tree/.ready"
  mv "$work/tree" "$target"
  rm -rf "$work"
}

fetch_source libsodium 1.0.18 d59323c6b712a1519a5daf710b68f5e7fde57040845ffec53850911f10a5d4f4
fetch_source cmark-gfm 0.29.0.gfm.6 b17d86164c0822b5db3818780b44cb130ff30e9c6ec6a64f199b6d142684dba0
fetch_source libyaml 0.2.5 fa240dbf262be053f3898006d502d514936c818e422afdcf33921c63bed9bf2e

clang++-19 --version | head -n 1 | sed 's/^/-- native compiler: /'
