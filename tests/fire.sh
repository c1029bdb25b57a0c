#!/usr/bin/env bash
# The tests of tests/durability with long counts, and the streams that are cut of tests/conformance, one after the other,
# and their PASS lines once more at the end.
#
#   tests/fire.sh                       300 kills, 1,000 power cuts, 100,000 deliveries: about half an hour on two cores
#   SCALE=10 tests/fire.sh              ten times that
#   KILLS=1000 CUTS=5000 tests/fire.sh  any count by itself; SEED repeats a run
#   tests/fire.sh power                 only those whose name has that word
#
# What the tests say goes to target/fire.log. Ends with 1 where any has failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

scale=${SCALE:-1} only=${1:-}
kills=${KILLS:-$((300 * scale))} cuts=${CUTS:-$((1000 * scale))} replays=${REPLAYS:-$((100000 * scale))}
events=${EVENTS:-$((20000 * scale))} stops=${STOPS:-$((20 * scale))} files=${FILES:-$((200 * scale))}
streams=${STREAM_CUTS:-$((100000 * scale))}
log=target/fire.log failed=0
mkdir -p target && : >"$log"

cargo test --locked --test durability --test conformance --no-run || exit 1

# run NAME [VARIABLE=VALUE...]: the tests whose path begins so, in the program named by $in.
in=durability
run() {
  local name=$1
  shift
  if [[ -n $only && $name != *"$only"* ]]; then return; fi
  echo "== $name $*" | tee -a "$log"
  if ! env "$@" cargo test --locked --test "$in" "$name" -- --nocapture --test-threads 1 >>"$log" 2>&1; then
    echo "FAILED $name $*" | tee -a "$log"
    failed=1
  fi
}

run power::when CUTS="$cuts"
run power::a_disk CUTS="$cuts"
run power_out:: CUTS="$cuts"
run webhooks::killed KILLS="$kills"
run kills:: KILLS="$kills"
run answers:: KILLS="$kills"
run push:: KILLS="$((kills / 10 + 1))"
run webhooks::duplicates REPLAYS="$replays"
run webhooks::a_terminal EVENTS="$events"
run webhooks::a_disk
run together:: PROCESSES=24
run stopped:: STOPS="$stops"
run moved:: FILES="$files"
run queue::
run fate::
run disk::
run calls CALLS=all
in=conformance
run cuts:: STREAM_CUTS="$streams"

echo
# The name of its test may stand before it.
grep -oE '(^FAILED |PASS [a-z]).*' "$log"
exit "$failed"
