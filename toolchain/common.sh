# Shared by the scripts in this folder; sourced, never run. POSIX sh.
# Everything that is not an apt package lives in one cache folder outside the clone, so that a second
# clone costs nothing and `rm -rf` of that folder undoes the set-up.

root=$(cd "$(dirname "$0")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/countersign
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say() { printf '%s\n' "-- $*"; }
die() { printf '%s\n' "error: $*" >&2; exit 1; }

# Runs a command as root: directly, or through sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null 2>&1; then sudo "$@"
  else die "this needs root (or sudo): $*"; fi
}

is_installed() { dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'; }

# Installs those of the named Debian packages that are missing. Touches nothing that is there already.
need_packages() {
  missing=
  for package in "$@"; do is_installed "$package" || missing="$missing $package"; done
  [ -n "$missing" ] || return 0
  say "installing Debian packages:$missing"
  log=$(mktemp)
  if ! { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2; rm -f "$log"
    die "apt could not install:$missing"
  fi
  rm -f "$log"
  for package in $missing; do is_installed "$package" || die "apt said yes, but $package is not installed"; done
}

# Prints the address of the Debian mirror that this machine already uses ($1: Debian or Debian-Security),
# so that no host is named in the project and a user's own mirror is respected.
machine_mirror() {
  apt-get indextargets --format '$(LABEL)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    awk -F'|' -v label="$1" '$1 == label && $2 == "main" { print $3; exit }'
}

# apt_private NAME DEB_TYPE SUITE SECURITY_SUITE: makes an apt configuration of our own under the cache
# (own sources, lists and status; the system's stay untouched; signatures are checked against Debian's keyring)
# and brings its lists up to date. Afterwards `private_apt ...` is apt-get with that configuration.
apt_private() {
  private="$cache/apt/$1"
  mirror=$(machine_mirror Debian)
  if [ -z "$mirror" ]; then
    as_root apt-get update >/dev/null 2>&1 || true
    mirror=$(machine_mirror Debian)
  fi
  [ -n "$mirror" ] || die "no Debian mirror in this machine's apt sources (Debian 12 or newer is needed)"
  security=$(machine_mirror Debian-Security)
  [ -r "$keyring" ] || die "$keyring is missing: apt-get install debian-archive-keyring"
  mkdir -p "$private/lists/partial" "$private/cache/archives/partial" "$private/sources"
  {
    printf 'Types: %s\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$2" "$mirror" "$3" "$keyring"
    [ -z "$security" ] ||
      printf '\nTypes: %s\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$2" "$security" "$4" "$keyring"
  } >"$private/sources/debian.sources"
  private_apt update >"$private/log" 2>&1 || { tail -n 10 "$private/log" >&2; die "could not read Debian's $3 package lists"; }
}

private_apt() {
  apt-get -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$private/sources" \
    -o "Dir::State::Lists=$private/lists" -o Dir::State::status=/dev/null -o "Dir::Cache=$private/cache" \
    -o APT::Sandbox::User= -o Acquire::Languages=none "$@"
}
