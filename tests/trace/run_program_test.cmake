# Runs one script of programs/ in a fresh folder: cmake -DSCRIPT=x.sh -DFOLDER=dir -DSH=sh
# [-DTRAILREC=... ...] -P run_program_test.cmake
file(REMOVE_RECURSE "${FOLDER}")
file(MAKE_DIRECTORY "${FOLDER}")
string(REPLACE ";" " " emulator "${EMULATOR}")
execute_process(
    COMMAND "${CMAKE_COMMAND}" -E env --unset=TRAIL_DB "TRAILREC=${TRAILREC}"
    "TRAILVIEW=${TRAILVIEW}" "TRAILFAKE=${TRAILFAKE}"
            "TRACE_TOOLS=${TRACE_TOOLS}" "SEVENZIP_FOLDER=${SEVENZIP_FOLDER}" "EMULATOR=${emulator}"
            "${SH}" "${SCRIPT}"
    WORKING_DIRECTORY "${FOLDER}"
    RESULT_VARIABLE status)
# Since CMake 3.29 a script can end with a status of its own; before, "skipped" reaches CTest as
# text (SKIP_REGULAR_EXPRESSION).
if(status EQUAL 77)
    return()
elseif(NOT status EQUAL 0)
    message(FATAL_ERROR "${SCRIPT} failed (${status})")
endif()
