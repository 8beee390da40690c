#!/usr/bin/env bash
# The steps of samples/action, with a `gh` that has the record of a base branch, or none.
# Usage: action.sh TRAILREC_FOLDER TRAILVIEW_FOLDER ACTION_FOLDER WORK
set -euo pipefail

PATH=$1:$2:$PATH
action=$(realpath "$3")
rm -rf "$4"
mkdir -p "$4/bin" "$4/base" "$4/head"
cd "$4"
export WORK=$PWD

die()
{
    echo "action.sh: $*" >&2
    exit 1
}

# gh run list | run download | pr comment: what they are asked for is kept in gh.log
cat >bin/gh <<'END'
#!/usr/bin/env bash
set -eu
echo "$*" >>"$WORK/gh.log"
case "$1 $2" in
'run list') cat "$WORK/last_run" ;;
'run download') [ "$3" = 4711 ] && cp "$WORK/base/trail.db" "${@: -1}" ;;
'pr comment') case $* in *--edit-last*) [ -f "$WORK/comment.md" ] ;; esac && cp "${@: -1}" "$WORK/comment.md" ;;
*) exit 2 ;;
esac
END
chmod +x bin/gh
PATH=$PWD/bin:$PATH
export ARTIFACT=trail BASE=main FAIL=false PULL_REQUEST='' WORKFLOW=start-up.yml RUNS=2
export GITHUB_OUTPUT=$PWD/output GITHUB_STEP_SUMMARY=$PWD/summary.md

record() # FOLDER COMMIT COMMAND
{
    (cd "$1" && rm -f trail.db && SIDE=$2 COMMAND=$3 bash "$action/record.sh")
}

compare() # COMMIT
{
    : >output
    : >summary.md
    (cd head && SIDE=$1 bash "$action/compare.sh")
}

: >last_run
record head 1111111111 'perl -e "print q(a b)"'
compare 1111111111
grep -qx 'differs=unknown' output || die 'a first run has something to compare with'
grep -q 'nothing to compare' summary.md || die 'a first run says nothing'

echo 4711 >last_run
record base 0000000000 'perl -e "print q(a b)"'
compare 1111111111
grep -qx 'differs=false' output || die "the same differs: $(cat summary.md)"

record head 2222222222 'perl -MPOSIX -e "print q(a b)"'
PULL_REQUEST=7 compare 2222222222
grep -qx 'differs=true' output || die 'a library more is no difference'
grep -q '00000000.*22222222' comment.md || die 'the comment does not say which commits'
grep -q 'POSIX.so' comment.md || die 'the comment does not name the library'
cmp -s comment.md summary.md || die 'the summary of the job has another text'
PULL_REQUEST=7 compare 2222222222
[ "$(grep -c 'pr comment 7 --body-file' gh.log)" -eq 1 ] || die 'a second comment'
grep -q -- '--workflow start-up.yml' gh.log || die 'it is not asked for the workflow'
FAIL=true compare 2222222222 && die 'FAIL=true does not fail'
exit 0
