#!/bin/bash
# Gets the servers of `make test-real` out of Debian's packages: Mailman 3, Redmine, Postgres 15 and Exim, with what they need and the machine has not.
# Nothing is installed: packages are fetched by apt (which checks their signatures) and unpacked into a cache, from where the servers are run. It
# needs no root, changes no file outside of the cache, and starts no service. It fetches nothing where that was done, and may be run as often as one likes.
set -euo pipefail
packages="mailman3 redmine redmine-sqlite puma exim4-daemon-light libnss-wrapper postgresql-15"
here=$(cd "$(dirname "$0")" && pwd)

# As func cache of servers_test.go: where nobody, as whom root runs the servers, can read too.
if [ "$(id -u)" = 0 ]; then cache=/var/cache/playctl-real; else cache=${XDG_CACHE_HOME:-$HOME/.cache}/playctl-real; fi
libraries=usr/lib/$(uname -m)-linux-gnu

say() { echo "test-real: $*" >&2; }
give_up() { say "$*"; exit 1; }

# fetch has apt find out what is missing here, in lists and a cache of our own.
fetch() {
  local apt=(-o "Dir::State=$work/state" -o Dir::State::status=/var/lib/dpkg/status -o "Dir::Cache=$work" -o "Dir::Cache::archives=$work/archives" -o Debug::NoLocking=1 -o APT::Sandbox::User= -q)
  mkdir -p "$work/state/lists/partial" "$work/archives/partial"
  say "asking for the packages that are missing here, of: $packages"
  apt-get "${apt[@]}" update >"$work/log" 2>&1 || { cat "$work/log" >&2; give_up "apt-get update does not work"; }
  # shellcheck disable=SC2086
  apt-get "${apt[@]}" install -y --no-install-recommends --no-upgrade --download-only $packages >"$work/log" 2>&1 ||
    { cat "$work/log" >&2; give_up "the packages can't be had: this wants Debian 12 (bookworm), or a system with its packages"; }
}

# unpack unpacks them. No program keeps the right to become root: nobody has set these up.
unpack() {
  mkdir -p "$work/root"
  for package in "$work"/archives/*.deb; do
    if [ -e "$package" ]; then dpkg-deb -x "$package" "$work/root"; fi
  done
  find "$work/root" -perm /6000 -exec chmod ug-s {} +
  say "unpacked $(find "$work/archives" -name '*.deb' | wc -l) packages, $(du -sh "$work/root" | cut -f1)"
}

# found gives a path of a package: unpacked, or of the machine.
found() {
  if [ -e "$cache/root/$1" ]; then echo "$cache/root/$1"; elif [ -e "/$1" ]; then echo "/$1"; else give_up "there is no $1 in the packages"; fi
}

# both gives a path of a package twice, for lists of folders.
both() { echo "$cache/root/$1:/$1"; }

# environment tells how the programs are run: read by this script and by the tests.
environment() {
  local ruby=usr/lib/ruby vendor=$libraries/ruby gems=usr/share/rubygems-integration
  cat <<END
LD_LIBRARY_PATH=$cache/root/$libraries:$cache/root/lib/$(uname -m)-linux-gnu
PATH=$cache/root/usr/bin:/usr/local/bin:/usr/bin:/bin
LC_ALL=C.UTF-8
TZ=UTC
PYTHONPATH=$cache/root/usr/lib/python3/dist-packages
RUBYLIB=$(both $ruby/vendor_ruby):$(both "$vendor/vendor_ruby/3.1.0"):$(both $ruby/3.1.0):$(both "$vendor/3.1.0")
GEM_HOME=$(found $ruby/gems/3.1.0)
GEM_PATH=$(both $gems/all):$(both $gems/3.1.0):$(both "$libraries/rubygems-integration/3.1.0"):$(both $ruby/gems/3.1.0)
RAILS_ENV=production
REAL_PYTHON=$cache/python/python3
REAL_RUBY=$(found usr/bin/ruby3.1)
REAL_EXIM=$(found usr/sbin/exim4)
REAL_MAILMAN=$(found usr/lib/mailman3/bin)
REAL_NSS_WRAPPER=$(found "$libraries/libnss_wrapper.so")
REAL_POSTGRES=$cache/postgres
REAL_REDMINE=$cache/redmine
END
}

# run runs a program of the packages.
run() { env -i HOME="$cache" $(cat "$cache/environment") "$@"; }

# wrap makes a program that finds its libraries whoever runs it: package pgtest, Mailman and playctl have it begin with environments of their own.
wrap() {
  mkdir -p "$(dirname "$1")"
  printf '#!/bin/sh\nexec env %s %s "$@"\n' "$(grep -E '^(LD_LIBRARY_PATH|PYTHONPATH)=' "$cache/environment" | tr '\n' ' ')" "$(found "$2")" >"$1"
  chmod +x "$1"
}

# redmine makes a Redmine with a database that is set up, of which each run of the tests has a copy.
redmine() {
  say "setting up Redmine's database"
  rm -rf "$cache/redmine"
  cp -R "$(found usr/share/redmine)" "$cache/redmine"
  cd "$cache/redmine"
  rm -rf Gemfile.lock instances config/database.yml
  mkdir -p instances/default/{config,log,files,tmp/cache} plugins public/plugin_assets
  # The Debian package looks for its database where it was installed.
  sed -i "s#'/usr/share/redmine/{[^']*'#File.join(__dir__, 'instances/default/config/database.yml')#" Gemfile
  echo "gem 'puma'" >Gemfile.local
  printf 'production:\n  adapter: sqlite3\n  database: <%%= ENV.fetch("REDMINE_DATABASE") %%>\n  timeout: 10000\n' >instances/default/config/database.yml
  cp instances/default/config/database.yml config/database.yml
  head -c 64 /dev/urandom | sha512sum | cut -d' ' -f1 >instances/default/config/secret_key.txt
  local ruby
  ruby=$(found usr/bin/ruby3.1)
  {
    run REDMINE_DATABASE="$cache/redmine/redmine.db" "$ruby" bin/rake db:migrate
    run REDMINE_DATABASE="$cache/redmine/redmine.db" "$ruby" bin/rake redmine:load_default_data REDMINE_LANG=en
    run REDMINE_DATABASE="$cache/redmine/redmine.db" "$ruby" bin/rails runner "$here/redmine_seed.rb"
  } >"$cache/redmine.log" 2>&1 || { tail -40 "$cache/redmine.log" >&2; give_up "Redmine's database can't be set up"; }
  cd "$here"
}

# works proves that the programs can be run on this machine as it is now.
works() {
  [ "$(cat "$cache/stamp")" = "$stamp" ] && [ "$(environment)" = "$(cat "$cache/environment")" ] && [ -e "$cache/redmine/redmine.db" ] || return 1
  run "$cache/python/python3" -c 'import mailman, falcon, sqlalchemy, gunicorn, zope.component' || return 1
  run "$(found usr/bin/ruby3.1)" -e 'require "sqlite3"; require "nokogiri"' || return 1
  "$cache/postgres/postgres" --version | grep -q ' 15\.' || return 1
  ! run ldd "$(found usr/sbin/exim4)" | grep 'not found'
}

stamp=$(cat "$0" "$here/redmine_seed.rb" | sha256sum)
umask 022
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if works >/dev/null 2>&1; then exit 0; fi
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || give_up "the servers come from Debian's packages, and this machine has no apt-get and dpkg-deb"
began=$SECONDS
work=$(mktemp -d "$cache/work-XXXXXX")
trap 'rm -rf "$work"' EXIT
fetch
unpack
chmod -R go+rX "$work/root"
rm -rf "$cache/root" "$cache/stamp"
mv -T "$work/root" "$cache/root"
environment >"$cache/environment"
wrap "$cache/postgres/initdb" usr/lib/postgresql/15/bin/initdb
wrap "$cache/postgres/postgres" usr/lib/postgresql/15/bin/postgres
wrap "$cache/python/python3" usr/bin/python3
# Python compiles what it reads at every start unless that was kept: 10 s of Mailman's start.
run "$cache/python/python3" -m compileall -q -j 0 "$cache/root/usr/lib/python3/dist-packages" >/dev/null || true
redmine
chmod -R go+rX "$cache"
echo "$stamp" >"$cache/stamp"
works >&2 || give_up "what was unpacked into $cache does not work"
say "the servers are in $cache, after $((SECONDS - began)) s"
