#!/usr/bin/env bash
# Records $COMMAND $RUNS times into trail.db, labelled with the commit $SIDE.
set -euo pipefail
eval "words=($COMMAND)"
trailrec -q -o trail.db -n "$RUNS" -l "side=$SIDE" -- "${words[@]}"
