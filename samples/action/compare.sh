#!/usr/bin/env bash
# Compares the runs of the commit $SIDE in trail.db with those that the last successful run of
# $WORKFLOW on the branch $BASE kept as the artifact $ARTIFACT. Writes differs= to $GITHUB_OUTPUT,
# the difference to the summary of the job and, of a pull request, into its comment. Fails on a
# difference if $FAIL is true.
set -euo pipefail

report=$(mktemp -d)/report.md

finish() # WORD
{
    echo "differs=$1" >>"$GITHUB_OUTPUT"
    cat "$report" >>"$GITHUB_STEP_SUMMARY"
    if [ -n "$PULL_REQUEST" ]; then
        # edits our last comment, so that a pull request has one
        gh pr comment "$PULL_REQUEST" --edit-last --body-file "$report" 2>/dev/null ||
            gh pr comment "$PULL_REQUEST" --body-file "$report" ||
            echo "::notice::this run may not comment (permissions: pull-requests: write)"
    fi
    [ "$1" != true ] || [ "$FAIL" != true ]
    exit
}

base=$(mktemp -d)
run=$(gh run list --branch "$BASE" ${WORKFLOW:+--workflow "$WORKFLOW"} --status success --limit 1 \
    --json databaseId --jq '.[0].databaseId // empty')
if [ -z "$run" ] || ! gh run download "$run" --name "$ARTIFACT" --dir "$base"; then
    echo "Nothing was recorded on \`$BASE\` yet: nothing to compare with." >"$report"
    finish unknown
fi
side=$(trailview -d "$base/trail.db" sql --format csv \
    "SELECT value FROM label WHERE key = 'side' ORDER BY run_id DESC LIMIT 1" | tail -n +2 |
    tr -d '\r')
{
    echo "### Start-up: \`$BASE\` (${side:0:8}) and this commit (${SIDE:0:8})"
    echo
} >"$report"
status=0
trailview diff --format markdown "$base/trail.db:@side=$side" "trail.db:@side=$SIDE" >>"$report" ||
    status=$?
case $status in
0) finish false ;;
1) finish true ;;
*) exit "$status" ;;
esac
