#!/usr/bin/env bash
# Builds well-known programs from Debian's sources with debug information, for what docs/transcripts.md shows of them: redis-server (C) and
# ripgrep (Rust, with the machine's own cargo). Needs root for the packages that they are built with, and some minutes. Not part of CI.
#
#   scripts/real-programs.sh FOLDER [redis] [ripgrep]        both where none is named
set -euo pipefail

folder=$(realpath -m "$1")
shift
[ "$#" -gt 0 ] || set -- redis ripgrep
jobs=$(nproc)
mkdir -p "$folder/sources.d" "$folder/lists/partial"
cd "$folder"

# The machine's own package sources, asked for source packages, in lists of our own: nothing of the machine's set-up is changed.
sed 's/^Types: deb$/Types: deb-src/' /etc/apt/sources.list.d/debian.sources > sources.d/debian.sources
apt=(apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$folder/sources.d" -o "Dir::State::lists=$folder/lists")
"${apt[@]}" update

fetch() { # SOURCE: unpacks it, patched as Debian does, into SOURCE-*/
  [ -n "$(compgen -G "$1-*/")" ] || "${apt[@]}" source "$1"
}

install_packages() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

build_redis() {
  install_packages dpkg-dev pkg-config libjemalloc-dev liblua5.1-dev lua-bitop-dev lua-cjson-dev libhiredis-dev liblzf-dev libssl-dev libsystemd-dev
  fetch redis
  (
    cd redis-*/
    # As debian/rules has it, debug information included.
    export DEB_BUILD_MAINT_OPTIONS=hardening=+all DEB_CFLAGS_MAINT_APPEND=-I/usr/include/liblzf
    export DEB_LDFLAGS_MAINT_APPEND='-Wl,-no-as-needed -ldl -latomic -llzf'
    eval "$(dpkg-buildflags --export=sh)"
    make -j"$jobs" BUILD_TLS=yes USE_SYSTEM_JEMALLOC=yes USE_JEMALLOC=yes USE_SYSTEMD=yes
  )
}

build_ripgrep() {
  install_packages librust-{bstr-0.2,grep-0.2,grep-searcher,ignore-0.4,lazy-static-1,log-0.4,num-cpus-1,regex-1,serde-json-1,termcolor-1}+default-dev \
    librust-clap-2+suggestions-dev librust-serde-dev librust-walkdir-dev
  fetch rust-ripgrep
  (
    cd rust-ripgrep-*/
    mkdir -p .cargo
    printf '[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "/usr/share/cargo/registry"\n' > .cargo/config.toml
    rm -f Cargo.lock
    # A feature that Debian's crates do not have.
    sed -i '/^simd-accel/d' Cargo.toml
    CARGO_PROFILE_RELEASE_DEBUG=2 cargo build --release --offline
  )
}

for program; do "build_$program"; done
