# git bisect finds the commit that changed what a program loads, with check as its judge
# (samples/recipes.md).
. "$(dirname "$0")/common.sh"

command -v git >/dev/null || skip "git is not installed"
python3 -c 'import json, ssl' 2>/dev/null || skip "python3 comes without json or ssl"
git init -q repository && cd repository || fail "cannot make a repository"
commit() { git add app.py && git -c user.name=t -c user.email=t@localhost commit -qm "$1" ||
    fail "cannot commit"; }
echo 'import json' >app.py
commit good
for i in 1 2 3 4 5 6; do
    [ $i -ne 4 ] || sed -i '1i import ssl' app.py
    echo "# $i" >>app.py
    commit "change $i"
done
git checkout -q HEAD~6 || fail "cannot check out the first commit"
for i in 1 2 3 4 5; do
    trailrec -q -o ../good.db -- python3 app.py || fail "the program failed"
done
trailview -d ../good.db baseline -o ../app.rules || fail "baseline failed"
cat >../try.sh <<END
rm -f ../try.db
"$TRAILREC" -q -o ../try.db -- python3 app.py || exit 125
"$TRAILVIEW" -d ../try.db check ../app.rules
status=\$?
[ \$status -le 1 ] || status=125
exit \$status
END
git checkout -q - || fail "cannot check out the last commit"
git bisect start HEAD HEAD~6 >/dev/null || fail "bisect does not start"
git bisect run sh ../try.sh >../bisect.txt 2>&1 || fail "bisect failed: $(cat ../bisect.txt)"
same "the first bad commit" "change 4" "$(git log -1 --format=%s refs/bisect/bad)"
