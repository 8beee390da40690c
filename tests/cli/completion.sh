#!/usr/bin/env bash
# What bash completes: completion.sh FOLDER-OF-PROGRAMS FOLDER-OF-COMPLETIONS, beside shop.db.
# And that the other shells, and the readers of manual pages, find no fault where they are there.
PATH=$1:$PATH
manual=$2 failed=0
. "$manual/trailview.bash" && . "$manual/trailrec.bash" || exit 1
compopt() { :; }

# expect LINE WORD...: at the end of the line, these and no others are offered.
expect() {
    COMP_LINE=$1 COMP_POINT=${#1}
    shift
    local spaced=${COMP_LINE//=/ = }
    read -ra COMP_WORDS <<<"$spaced"
    [[ $COMP_LINE == *[[:space:]=] ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    "_${COMP_WORDS[0]}"
    if [[ ${COMPREPLY[*]} != "$*" ]]; then
        echo "'$COMP_LINE' gave '${COMPREPLY[*]}', not '$*'"
        failed=1
    fi
}

expect 'trailview lo' loads
expect 'trailview help ver' verify
expect 'trailview loads --fo' --format
expect 'trailview loads --format m' markdown
expect 'trailview export --format p' perfetto
expect 'trailview export --format j'
expect 'trailview check --format sa' sarif
expect 'trailview events -k Load' 'LoadDll LoadFailed'
expect 'trailview events -k LoadDll,Ma' LoadDll,Mark
expect 'trailview -d shop.db loads l' last
expect 'trailview -d shop.db loads @build=' 100 101
expect 'trailview -d nowhere.db loads ' last
expect 'trailrec --then d' detach
expect 'trailrec --until lo' load
expect 'trailrec --nop --kern' --kernel-times

for program in trailrec trailview; do
    ! command -v zsh >/dev/null || zsh -n "$manual/$program.zsh" || failed=1
    ! command -v fish >/dev/null || fish -n "$manual/$program.fish" || failed=1
done
for page in trailrec.man trailview.man trail.5; do
    [[ -s $manual/$page ]] || failed=1
    ! command -v mandoc >/dev/null || mandoc -T lint -W warning "$manual/$page" || failed=1
    ! command -v groff >/dev/null ||
        [[ -z $(groff -man -ww -Tutf8 "$manual/$page" 2>&1 >/dev/null) ]] || failed=1
done
exit $failed
