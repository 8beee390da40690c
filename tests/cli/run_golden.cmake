# Runs a command and compares what it prints with golden files:
#   cmake -DGOLDEN=golden/x -DSTATUS=0 [-DSTDERR=ON] [-DMATCH=regex] [-DINPUT=file]
#         [-DDATABASE=file] [-DIGNORE_EOL=ON]
#         -P run_golden.cmake -- COMMAND ARGUMENT...
# Standard output must be GOLDEN.out byte for byte (with MATCH it must match the regular expression
# instead: for what depends on the SQLite library), with STDERR standard error GOLDEN.err.
# IGNORE_EOL takes CR LF for LF (Windows). With TRAIL_UPDATE_GOLDEN=1 in the environment the golden
# files are written instead.
unset(ENV{TRAIL_DB})
if(DATABASE)
    set(ENV{TRAIL_DB} "${DATABASE}")
endif()
unset(ENV{NO_COLOR})

set(command "")
set(is_command FALSE)
foreach(i RANGE ${CMAKE_ARGC})
    if(is_command AND i LESS CMAKE_ARGC)
        string(REPLACE ";" "\\;" argument "${CMAKE_ARGV${i}}")
        list(APPEND command "${argument}")
    elseif("${CMAKE_ARGV${i}}" STREQUAL "--")
        set(is_command TRUE)
    endif()
endforeach()

get_filename_component(name "${GOLDEN}" NAME)
set(actual "${CMAKE_CURRENT_BINARY_DIR}/actual/${name}")
file(MAKE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/actual")
set(input "")
if(INPUT)
    set(input INPUT_FILE "${INPUT}")
endif()
execute_process(COMMAND ${command} ${input} OUTPUT_FILE "${actual}.out" ERROR_FILE "${actual}.err"
    RESULT_VARIABLE status)
if(NOT status STREQUAL STATUS)
    file(READ "${actual}.err" text)
    message(FATAL_ERROR "exit status ${status}, not ${STATUS}; standard error:\n${text}")
endif()

set(eol "")
if(IGNORE_EOL)
    set(eol --ignore-eol)
endif()
set(kinds out)
if(MATCH)
    set(kinds "")
    file(READ "${actual}.out" text)
    if(NOT text MATCHES "${MATCH}")
        message(FATAL_ERROR "the output does not match '${MATCH}':\n${text}")
    endif()
endif()
if(STDERR)
    list(APPEND kinds err)
    file(READ "${actual}.err" text) # a path is told from the folder of fixtures on
    string(REGEX REPLACE "'[^'\n]*[/\\\\]fixtures[/\\\\]" "'" text "${text}")
    file(WRITE "${actual}.err" "${text}")
endif()
foreach(kind IN LISTS kinds)
    if("$ENV{TRAIL_UPDATE_GOLDEN}" STREQUAL "1")
        file(COPY_FILE "${actual}.${kind}" "${GOLDEN}.${kind}")
        continue()
    endif()
    execute_process(COMMAND "${CMAKE_COMMAND}" -E compare_files ${eol} "${GOLDEN}.${kind}"
        "${actual}.${kind}" RESULT_VARIABLE differs)
    if(differs)
        file(READ "${actual}.${kind}" is)
        set(should "(there is no golden file)\n")
        if(EXISTS "${GOLDEN}.${kind}")
            file(READ "${GOLDEN}.${kind}" should)
        endif()
        message(FATAL_ERROR
            "${GOLDEN}.${kind} says:\n${should}\n"
            "but the command printed (${actual}.${kind}):\n${is}")
    endif()
endforeach()
