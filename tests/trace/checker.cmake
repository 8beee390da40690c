if(TARGET unit_programs)
    add_dependencies(unit_programs trace_check trailfake)
endif()

# Tests of trace_check itself (check_checker.cmake): checker_case(NAME STATUS LINE [EVENTS]), status
# 0 met, 1 not met, 2 no such line.
function(checker_case NAME STATUS LINE)
    add_test(NAME checker-${NAME} COMMAND "${CMAKE_COMMAND}"
        "-DTRAILFAKE=$<TARGET_FILE:trailfake>" "-DCHECK=$<TARGET_FILE:trace_check>"
        "-DFOLDER=${CMAKE_CURRENT_BINARY_DIR}/checker-${NAME}"
        -DSTATUS=${STATUS} "-DLINE=${LINE}" "-DEVENTS=${ARGN}" -P
        "${CMAKE_CURRENT_SOURCE_DIR}/check_checker.cmake")
    set_tests_properties(checker-${NAME} PROPERTIES LABELS unit TIMEOUT 900)
endfunction()

checker_case(plain 0 "")
checker_case(next_in_order 0
    "// EXPECT: LoadDll module=a.so\n// EXPECT: LoadDll module=b.so load_phase=runtime")
checker_case(next_out_of_order 1 "// EXPECT: LoadDll module=b.so\n// EXPECT: LoadDll module=a.so")
checker_case(next_twice 1 "// EXPECT: LoadDll module=a.so\n// EXPECT: LoadDll module=a.so")
checker_case(wrong_value 1 "// EXPECT: LoadDll module=c.so")
checker_case(wrong_kind 1 "// EXPECT: UnloadDll module=a.so")
checker_case(glob 0 "// EXPECT: LoadDll path=/*/b.s? base=0x[78]000")
checker_case(case_counts_here 1 "// EXPECT: LoadDll module=A.so")
checker_case(absent_key_is_empty 0 "// EXPECT: LoadDll module=a.so link_namespace= build_id=ab")
checker_case(present_key_is_not_empty 1 "// EXPECT: LoadDll module=a.so build_id=")
checker_case(quoted 0 "// EXPECT: OutputDebugString text=\"two words\\n\\\\xFF\"")
checker_case(quoted_wrong 1 "// EXPECT: OutputDebugString text=\"two words\"")
checker_case(numbers 0 "// EXPECT: Exception parameters=[[]1,4660[]] name=SIGSEGV")
checker_case(main_thread 0 "// EXPECT: UnloadDll tid=main pid=main")
checker_case(other_thread 1 "// EXPECT: ExitThread tid=main")
checker_case(bound 0 "// EXPECT: CreateThread tid=$t\n// EXPECT: ExitThread tid=$t")
checker_case(bound_wrong 1 "// EXPECT: LoadDll tid=$t\n// EXPECT: ExitThread tid=$t")
checker_case(count 0 "// EXPECT-COUNT: LoadDll = 2")
checker_case(count_wrong 1 "// EXPECT-COUNT: LoadDll = 1")
checker_case(none 0 "// EXPECT-NONE: LoadDll module=c.so")
checker_case(none_wrong 1 "// EXPECT-NONE: LoadDll module=a.so")
checker_case(exit 0 "// EXPECT-EXIT: 3")
checker_case(exit_wrong 1 "// EXPECT-EXIT: 0")
checker_case(signal_wrong 1 "// EXPECT-SIGNAL: SIGSEGV")
checker_case(signal 0 "// EXPECT-SIGNAL: SIGSEGV" "ExitProcess signal=11")
checker_case(exit_of_a_signal 1 "// EXPECT-EXIT: 0" "ExitProcess signal=11")
checker_case(other_system 0 "// EXPECT(windows): LoadDll module=c.so")
checker_case(this_system 1 "// EXPECT(linux): LoadDll module=c.so")

checker_case(unknown_word 2 "// EXPECTED: LoadDll")
checker_case(unknown_system 2 "// EXPECT(amiga): LoadDll")
checker_case(unknown_kind 2 "// EXPECT: LoadDl")
checker_case(unknown_key 2 "// EXPECT: LoadDll modul=a.so")
checker_case(no_value 2 "// EXPECT: LoadDll module")
checker_case(no_number 2 "// EXPECT-COUNT: LoadDll")
checker_case(no_closing_quote 2 "// EXPECT: LoadDll module=\"a.so")

checker_case(last_is_no_exit 1 "" "ExitProcess\nLoadDll path=/x.so base=0x1000")
checker_case(never_exits 1 "" "LoadDll path=/x.so base=0x1000")
checker_case(recorder_fails 1 "" "fail")
checker_case(recorder_dies 1 "" "die")
checker_case(unload_of_nothing 1 "" "UnloadDll base=0x5000\nExitProcess")
checker_case(two_loads_at_one_base 1 ""
    "LoadDll path=/x.so base=0x1000\nLoadDll path=/y.so base=0x1000\nExitProcess")
checker_case(two_exits 1 "" "ExitProcess\nExitProcess")
