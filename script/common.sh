# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the scripts share: sourced, never run. `root` is the checkout.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# say WORDS…: a heading.
say() { printf '\n== %s\n' "$*"; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# quietly LOG COMMAND…: the output goes to build/logs/LOG.log, and is shown only where it failed.
quietly() {
  local log=$root/build/logs/$1.log status=0
  shift
  mkdir -p "${log%/*}"
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if ((status)); then
    tail -n 200 "$log" >&2
    printf 'failed (%d): %s\nall of its output: %s\n' "$status" "$*" "$log" >&2
  fi
  return "$status"
}

# configure PRESET [OPTION…]
configure() (
  cd "$root" || exit
  quietly "configure-$1" cmake --preset "$@"
)

# build PRESET [TARGET…]: what is configured, with progress where somebody watches.
build() (
  preset=$1
  shift
  command=(cmake --build --preset "$preset")
  if (($#)); then command+=(--target "$@"); fi
  cd "$root" || exit
  if [[ -t 1 ]]; then
    "${command[@]}"
  else
    quietly "build-$preset" "${command[@]}" -- -k 0 # all that is wrong, not the first only
  fi
)
