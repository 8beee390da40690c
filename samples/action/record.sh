#!/usr/bin/env bash
# Records $COMMAND $RUNS times into trail.db, labelled with the commit $SIDE.
set -euo pipefail
eval "words=($COMMAND)"
runs=$RUNS side=$SIDE
unset COMMAND RUNS SIDE # the program's environment is compared, too
trailrec -q -o trail.db -n "$runs" -l "side=$side" -- "${words[@]}"
