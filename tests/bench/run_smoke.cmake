# Runs the benchmark with small counts: it must come to its end, and its JSON must hold a result of
# trailrec for each workload and claims.
file(MAKE_DIRECTORY "${FOLDER}")
execute_process(COMMAND "${BENCH}" --quick --rounds 1 --folder "${FOLDER}/scratch" --json
    "${FOLDER}/bench.json"
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE talk)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "bench failed (${status}):\n${talk}")
endif()
file(READ "${FOLDER}/bench.json" json)
foreach(part IN ITEMS results claims)
    string(JSON count LENGTH "${json}" ${part})
    if(count LESS 10)
        message(FATAL_ERROR "only ${count} ${part} in ${FOLDER}/bench.json")
    endif()
endforeach()
string(JSON median GET "${json}" results 0 median_ns)
if(NOT median GREATER 0)
    message(FATAL_ERROR "the median is '${median}'")
endif()
