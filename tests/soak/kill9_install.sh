#!/bin/bash
# kill -9 of an install, of an update and of a remove at random moments: afterwards the store has each
# version whole or not at all, what is there verifies and loads, the highest version is never
# forgotten, and the next install goes through.
# Usage: kill9_install.sh [ROUNDS]    (default 100; about 0.2 s a round)
set -eu -o pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
program=${TIDEGATE:-$top/build/release/tidegate}
rounds=${1:-100}
dir=$(mktemp -d /tmp/tidegate-kill9-install-XXXXXX)
trap 'rm -rf "$dir"' EXIT
export TIDEGATE_PACK_STORE=$dir/store TIDEGATE_PACK_TRUST=$dir/trust
key=$top/tests/packs/keys/vendor
fail() { echo "round ${round:-0}, $what killed after ${moment:-0} s: $*" >&2; exit 1; }

mkdir "$dir/trust"
printf 'key = "%s"\n' "$(tail -n 1 "$key.pub")" >"$dir/trust/vendor.toml"
cp -r "$top/policies/volume" "$dir/volume"  # some forty files
for version in 1.0.0 1.1.0; do
  sed -i "s/^version = .*/version = \"$version\"/" "$dir/volume/pack.toml"
  "$program" pack build --no-evidence "$dir/volume" -o "$dir" >/dev/null
  "$program" pack sign --key "$key.key" "$dir/volume-$version.pack" >/dev/null
done

# installed VERSION: whether it is listed; then it must be whole.
installed() {
  "$program" pack list >"$dir/list"
  grep -q "^volume *$1 " "$dir/list" || return 1
  ! grep -q "refused" "$dir/list" || fail "a version is not whole: $(cat "$dir/list")"
  (cd "$dir/store/volume/$1" && sha256sum --quiet -c DIGESTS) || fail "$1 is not whole"
  "$program" check "volume@$1" >/dev/null || fail "volume@$1 does not load"
}

# killed WHAT WORDS...: runs it and kills it at a moment within the time that it takes.
killed() {
  what=$1
  shift
  "$program" "$@" >/dev/null 2>&1 &
  local pid=$!
  moment=0.0$((RANDOM % 10))$((RANDOM % 10))$((RANDOM % 10))
  sleep "$moment"
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}

before=0 after=0
what=setup
for ((round = 1; round <= rounds; ++round)); do
  rm -rf "$dir/store"
  if ((round % 3 != 1)); then "$program" pack install "$dir/volume-1.0.0.pack" >/dev/null; fi
  case $((round % 3)) in
    1 | 2)
      killed install pack install "$dir/volume-1.1.0.pack"
      if ((round % 3 == 2)); then installed 1.0.0 || fail "the older version is gone"; fi
      if installed 1.1.0; then after=$((after + 1)); else before=$((before + 1)); fi
      "$program" pack install "$dir/volume-1.1.0.pack" >/dev/null || fail "no install after it"
      installed 1.1.0 || fail "not there after an install that succeeded"
      ;;
    0)
      "$program" pack install "$dir/volume-1.1.0.pack" >/dev/null
      killed remove pack remove volume@1.1.0
      if installed 1.1.0; then
        before=$((before + 1))
        "$program" pack remove volume@1.1.0 >/dev/null || fail "no remove after it"
      else
        after=$((after + 1))
      fi
      installed 1.0.0 || fail "the other version is gone"
      "$program" pack remove volume@1.0.0 >/dev/null
      ! "$program" pack install "$dir/volume-1.0.0.pack" >/dev/null 2>&1 ||
        fail "the highest version was forgotten"
      "$program" pack install "$dir/volume-1.1.0.pack" >/dev/null || fail "no install after it"
      ;;
  esac
  left=$(find "$dir/store" -maxdepth 1 -name '.incoming-*' -o -maxdepth 1 -name '.removed-*')
  [ -z "$left" ] || fail "left behind: $left"
  [ ! -t 1 ] || printf '\r%d of %d' "$round" "$rounds"
done
[ ! -t 1 ] || printf '\r'
echo "kill -9 at $rounds random moments of install and remove: $before as before, $after as after," \
  "none half, nothing left behind"
