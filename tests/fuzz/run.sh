#!/bin/bash
# Runs the fuzzers, TG_JOBS (2) at a time: tests/fuzz/run.sh BUILD SECONDS [TARGET...]
# or writes the smallest part of what they found beside the kept corpus: run.sh BUILD keep
#
# New inputs stay in BUILD/corpus. What makes a target fail is left in tests/fuzz/findings/TARGET:
# the tests run it from then on.
set -u -o pipefail
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
build=$1 seconds=$2
shift 2
targets=("$@")
[ $# -gt 0 ] || targets=(policy operation state config pack)

# fuzz TARGET: for so many seconds, or to the first finding.
fuzz() {
  local target=$1 log=$build/fuzz-$1.log dict=lua
  [ "$target" != state ] || dict=json
  [[ $target != config && $target != pack ]] || dict=toml
  mkdir -p "$build/corpus/$target" "tests/fuzz/findings/$target"
  # A run is at most a second of processor time (libfuzzer.cc); -timeout is for one that hangs.
  "$build/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 \
    -malloc_limit_mb=128 -max_len=4096 -dict="tests/fuzz/$dict.dict" -print_final_stats=1 \
    -artifact_prefix="tests/fuzz/findings/$target/" \
    "$build/corpus/$target" "tests/fuzz/corpus/$target" >"$log" 2>&1
  local status=$?
  rmdir --ignore-fail-on-non-empty "tests/fuzz/findings/$target" tests/fuzz/findings 2>/dev/null
  if [ $status -ne 0 ]; then
    grep -A 25 -m 1 -E '^expected: |Assertion .* failed|ERROR: |runtime error: ' "$log"
    grep -E 'Test unit written to' "$log"
    echo "fuzz $target: a finding; the whole log is $log"
    return 1
  fi
  local runs coverage
  runs=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$log")
  coverage=$(grep -oE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -n 1)
  echo "fuzz $target: $runs runs in $seconds s, ${coverage/ft:/edges, features:}"
}

# Seeds have names and stay; of the rest, the fewest that reach as many edges (not as many features:
# those would be thousands of files).
keep() {
  local target=$1 kept=tests/fuzz/corpus/$1 part
  part=$(mktemp -d)
  cp "$kept"/seed-* "$part"
  "$build/fuzz_$target" -set_cover_merge=1 -use_counters=0 -max_len=1024 \
    "$part" "$kept" "$build/corpus/$target" >"$build/fuzz-keep-$target.log" 2>&1 || return 1
  rm -rf "$kept" && mv "$part" "$kept" && chmod 755 "$kept"
  echo "keep $target: $(find "$kept" -type f | wc -l) files, $(du -sb "$kept" | cut -f 1) bytes"
}

# A report names lines by llvm-symbolizer where there is one, else by binutils.
export ASAN_OPTIONS=allow_addr2line=1
export build seconds
export -f fuzz keep
what=fuzz
[ "$seconds" != keep ] || what=keep
printf '%s\n' "${targets[@]}" | xargs -P "${TG_JOBS:-2}" -I {} bash -c "$what {}"
