# SQLite::SQLite3 for Windows: an installed SQLite (vcpkg's too) if there is one; else the
# amalgamation, which is fetched at configure time out of a pinned npm package, checked against its
# hash, and built here. It stays in the build tree.
find_package(SQLite3 3.34 QUIET)
if(NOT TARGET SQLite::SQLite3)
    find_package(unofficial-sqlite3 CONFIG QUIET)
    if(TARGET unofficial::sqlite3::sqlite3)
        add_library(SQLite::SQLite3 INTERFACE IMPORTED GLOBAL)
        target_link_libraries(SQLite::SQLite3 INTERFACE unofficial::sqlite3::sqlite3)
    endif()
endif()
if(TARGET SQLite::SQLite3)
    return()
endif()

set(sqlite_package better-sqlite3)
set(sqlite_package_version 12.4.1)
set(sqlite_package_sha512
    df255dc9986495388daed83ee16a87a49a450ddf961d3836a0ced4711f341aa2f4e40395d31109cdceaa36f158a04b44fa1469d67f4ca4debffb8ca19469035d)
set(sqlite_folder "${CMAKE_CURRENT_BINARY_DIR}/sqlite")
set(sqlite_archive "${sqlite_folder}/${sqlite_package}-${sqlite_package_version}.tgz")

function(fetch_sqlite)
    find_program(NPM_PROGRAM NAMES npm npm.cmd
        DOC "Fetches the SQLite amalgamation where no SQLite is installed")
    mark_as_advanced(NPM_PROGRAM)
    if(NOT NPM_PROGRAM)
        message(FATAL_ERROR
            "no SQLite is installed for the target, and npm, which would fetch it, is not there: "
            "install either")
    endif()
    message(STATUS "Fetching SQLite (npm package ${sqlite_package} ${sqlite_package_version})")
    file(MAKE_DIRECTORY "${sqlite_folder}")
    execute_process(
        COMMAND "${NPM_PROGRAM}" pack --silent "${sqlite_package}@${sqlite_package_version}"
        WORKING_DIRECTORY "${sqlite_folder}" RESULT_VARIABLE result OUTPUT_QUIET
        ERROR_VARIABLE complaint)
    if(NOT result EQUAL 0 OR NOT EXISTS "${sqlite_archive}")
        message(FATAL_ERROR
            "cannot fetch SQLite: 'npm pack ${sqlite_package}@${sqlite_package_version}' failed; "
            "check the network, "
            "or install SQLite for the target\n${complaint}")
    endif()
endfunction()

if(NOT EXISTS "${sqlite_archive}")
    fetch_sqlite()
endif()
file(SHA512 "${sqlite_archive}" sqlite_found_sha512)
if(NOT sqlite_found_sha512 STREQUAL sqlite_package_sha512)
    file(REMOVE "${sqlite_archive}")
    message(FATAL_ERROR
        "the SQLite package that npm brought is not the one that is expected "
        "(its SHA-512 differs); it was removed")
endif()
if(NOT EXISTS "${sqlite_folder}/package/deps/sqlite3/sqlite3.c")
    file(ARCHIVE_EXTRACT INPUT "${sqlite_archive}" DESTINATION "${sqlite_folder}"
        PATTERNS "*/deps/sqlite3/sqlite3.c" "*/deps/sqlite3/sqlite3.h")
endif()

add_library(trail_sqlite STATIC "${sqlite_folder}/package/deps/sqlite3/sqlite3.c")
target_include_directories(trail_sqlite SYSTEM PUBLIC "${sqlite_folder}/package/deps/sqlite3")
# One connection per thread; strings in single quotes only; what the reports use of optional
# functions is on, as in Debian's SQLite.
target_compile_definitions(trail_sqlite PRIVATE
    SQLITE_THREADSAFE=2 SQLITE_DQS=0 SQLITE_OMIT_LOAD_EXTENSION SQLITE_DEFAULT_MEMSTATUS=0
    SQLITE_OMIT_DEPRECATED
    SQLITE_ENABLE_MATH_FUNCTIONS SQLITE_ENABLE_DBSTAT_VTAB)
if(MSVC)
    target_compile_options(trail_sqlite PRIVATE /w /O2)
else()
    target_compile_options(trail_sqlite PRIVATE -w -O2)
endif()
add_library(SQLite::SQLite3 ALIAS trail_sqlite)
