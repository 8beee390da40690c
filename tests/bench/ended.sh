# Ends the benchmark by a signal when it is in its second round: what it measured in the first is
# printed, and kept as JSON. Usage: ended.sh BENCH FOLDER
bench=$1 folder=$2
rm -rf "$folder"
mkdir -p "$folder"
"$bench" --quick --rounds 100000 --workload true --folder "$folder/scratch" \
    --json "$folder/bench.json" >"$folder/out" 2>"$folder/err" &
pid=$!
tries=0
until grep -q 'round 3 ' "$folder/err"; do
    tries=$((tries + 1))
    [ $tries -le 3000 ] || { echo "it does not begin"; kill -9 $pid; exit 1; }
    sleep 0.02
done
kill -TERM $pid
wait $pid
status=$?
cat "$folder/out"
[ $status -eq 2 ] || { echo "status $status"; exit 1; }
grep -q '^ended early' "$folder/out" || exit 1
grep -q '^true: ' "$folder/out" || exit 1
grep -q 'own start and end' "$folder/out" || exit 1
grep -q '"workload": "true"' "$folder/bench.json"
