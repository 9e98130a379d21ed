#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Uses the library as other projects do: installed and found by CMake, as a sub-project, and
# installed and found by pkg-config. The consumers' own warnings are errors.
#
# usage: tests/consume/run.sh BUILD_DIR      a configured build of alx
set -euo pipefail
build=$(cd "${1:?usage: tests/consume/run.sh BUILD_DIR}" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step() { # NAME COMMAND…
  local name=$1
  shift
  if ! "$@" >"$work/log" 2>&1; then
    cat "$work/log" >&2
    printf 'consumer: %s failed: %s\n' "$name" "$*" >&2
    exit 1
  fi
}

consume() { # NAME OPTION…
  local name=$1
  shift
  step "$name" cmake -G Ninja -S "$name" -B "$work/$name" "$@"
  step "$name" cmake --build "$work/$name"
  printf '%s: ' "$name"
  "$work/$name/consumer"
}

step install cmake --install "$build" --prefix "$work/prefix"
mv "$work/prefix" "$work/moved" # an installed tree may be moved
consume find_package -D CMAKE_PREFIX_PATH="$work/moved"
consume subdirectory

export PKG_CONFIG_PATH=$work/moved/share/pkgconfig
read -ra flags <<<"$(pkg-config --cflags --libs alx)"
step pkg-config "${CXX:-g++}" -std=c++20 main.cpp "${flags[@]}" -o "$work/by_pkg_config"
printf 'pkg-config: '
"$work/by_pkg_config"
