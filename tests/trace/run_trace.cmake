# One trace test: runs a sample alone, then under trailrec, compares what the two runs show of
# themselves, and checks the recording.
#   cmake -DTRAILREC=.. -DCHECK=.. -DSAMPLE=.. -DSOURCE=.. -DFOLDER=.. [-DEMULATOR=..]
#         [-DMORE_OPTIONS=..] -P run_trace.cmake
# stderr is never compared: under Wine it carries Wine's own messages.
cmake_minimum_required(VERSION 3.22)
set(TIMEOUT_SECONDS 400)

# The words of a `// KEY:` line of the source, as a list.
function(read_words KEY RESULT)
    file(STRINGS "${SOURCE}" LINES REGEX "^// ${KEY}:")
    string(REGEX REPLACE "^// ${KEY}: *" "" LINE "${LINES}")
    separate_arguments(WORDS UNIX_COMMAND "${LINE}")
    set(${RESULT} "${WORDS}" PARENT_SCOPE)
endfunction()

read_words(ARGS ARGUMENTS)
read_words(RECORD OPTIONS)
list(APPEND OPTIONS ${MORE_OPTIONS})
file(REMOVE_RECURSE "${FOLDER}")
file(MAKE_DIRECTORY "${FOLDER}")
set(DB "${FOLDER}/trace.db")

# A list loses its empty elements on the way through a variable, so each command line is written out
# as a quoted one.
function(run OUTPUT RESULT)
    set(LINE "")
    foreach(WORD IN LISTS ARGN ARGUMENTS)
        string(APPEND LINE " [==[${WORD}]==]")
    endforeach()
    cmake_language(EVAL CODE "execute_process(COMMAND ${LINE} WORKING_DIRECTORY [==[${FOLDER}]==]
        OUTPUT_FILE [==[${OUTPUT}]==] ERROR_FILE [==[${OUTPUT}.err]==]
        RESULT_VARIABLE STATUS TIMEOUT ${TIMEOUT_SECONDS})")
    set(${RESULT} "${STATUS}" PARENT_SCOPE)
endfunction()

run(alone ALONE ${EMULATOR} "${SAMPLE}")
# by Wine's server, on a busy machine, where the program takes its time to end
if(EMULATOR AND ALONE STREQUAL "Subprocess killed")
    message(STATUS "Wine has killed the sample; once more")
    run(alone ALONE ${EMULATOR} "${SAMPLE}")
endif()
run(recorded RECORDED ${EMULATOR} "${TRAILREC}" -q -o "${DB}" ${OPTIONS} -- "${SAMPLE}")

# A status is a number, or for a fatal signal its name in words.
if(NOT ALONE STREQUAL RECORDED)
    file(READ "${FOLDER}/recorded.err" TALK LIMIT 4000)
    message(SEND_ERROR
        "alone the sample ended with '${ALONE}', recorded with '${RECORDED}'\n${TALK}")
endif()
file(SHA256 "${FOLDER}/alone" ALONE_SUM)
file(SHA256 "${FOLDER}/recorded" RECORDED_SUM)
if(NOT ALONE_SUM STREQUAL RECORDED_SUM)
    file(READ "${FOLDER}/alone" ALONE_TEXT LIMIT 2000)
    file(READ "${FOLDER}/recorded" RECORDED_TEXT LIMIT 2000)
    message(SEND_ERROR "alone the sample wrote\n${ALONE_TEXT}\nrecorded it wrote\n${RECORDED_TEXT}")
endif()

set(FOLLOW "")
if("-f" IN_LIST OPTIONS OR "--follow" IN_LIST OPTIONS)
    set(FOLLOW --follow)
endif()
execute_process(COMMAND ${EMULATOR} "${CHECK}" "${DB}" "${SOURCE}" ${FOLLOW} RESULT_VARIABLE CHECKED
    TIMEOUT ${TIMEOUT_SECONDS})
if(NOT CHECKED EQUAL 0)
    file(READ "${FOLDER}/recorded.err" TALK LIMIT 4000)
    message(SEND_ERROR "the recording ${DB} is not what ${SOURCE} expects\n${TALK}")
endif()
