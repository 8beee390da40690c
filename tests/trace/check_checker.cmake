# A checker that never complains would be no test: records a script with trailfake and expects
# trace_check to end with STATUS, given the EXPECT line LINE. An empty LINE leaves the always-valid
# one, for what is checked without lines.
#   cmake -DTRAILFAKE=.. -DCHECK=.. -DFOLDER=.. -DSTATUS=n -DLINE=.. -DEVENTS=..
#         -P check_checker.cmake
cmake_minimum_required(VERSION 3.22)
file(REMOVE_RECURSE "${FOLDER}")
if(NOT EVENTS)
    set(EVENTS "t=1us more LoadDll path=/lib/a.so base=0x1000 size=4096 build_id=ab
t=1us LoadDll path=/lib/b.so base=0x8000 size=4096 load_phase=runtime
t=2us tid=11 CreateThread start_address=0x1010
t=3us tid=11 Exception code=11 si_code=1 address=0x8010 parameters=1,4660
t=4us tid=11 ExitThread exit_code=5
t=5us tid=10 UnloadDll base=0x8000
t=6us OutputDebugString text=\"two words\\n\\xFF\"
t=9us ExitProcess exit_code=3")
endif()
file(WRITE "${FOLDER}/s.trail"
    "pid=10 CreateProcess via=launch path=/bin/app base=0x400000 command_line=app\n${EVENTS}\n")
file(WRITE "${FOLDER}/sample.c" "int main(void);\n\n// EXPECT: CreateProcess via=launch\n${LINE}\n")
execute_process(COMMAND "${TRAILFAKE}" -q -o "${FOLDER}/trace.db" -- "${FOLDER}/s.trail"
    OUTPUT_QUIET ERROR_QUIET)
execute_process(COMMAND "${CHECK}" "${FOLDER}/trace.db" "${FOLDER}/sample.c" RESULT_VARIABLE RESULT
    ERROR_VARIABLE TALK)
if(NOT RESULT STREQUAL STATUS)
    message(FATAL_ERROR "the checker ended with '${RESULT}', not ${STATUS}\n${TALK}")
endif()
message("${TALK}")
