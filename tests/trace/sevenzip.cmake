# Two builds of one real Windows program, 7za.exe, from the npm package 7zip-bin: fetched at
# configure time into the build tree, pinned by their hashes, never committed. Without npm the test
# that needs them says that it is skipped.
set(SEVENZIP_FOLDER "${CMAKE_CURRENT_BINARY_DIR}/7zip-bin")
file(MAKE_DIRECTORY "${SEVENZIP_FOLDER}")
find_program(NPM_PROGRAM npm)
mark_as_advanced(NPM_PROGRAM)

function(trail_fetch_sevenzip VERSION SHA512)
    set(archive "${SEVENZIP_FOLDER}/7zip-bin-${VERSION}.tgz")
    if(NOT EXISTS "${archive}" AND NPM_PROGRAM)
        execute_process(COMMAND "${NPM_PROGRAM}" pack --silent "7zip-bin@${VERSION}"
            WORKING_DIRECTORY "${SEVENZIP_FOLDER}" OUTPUT_QUIET ERROR_QUIET)
    endif()
    if(NOT EXISTS "${archive}")
        message(STATUS
            "7zip-bin ${VERSION} cannot be fetched with npm: "
            "the test of real Windows programs will be skipped")
        return()
    endif()
    file(SHA512 "${archive}" actual)
    if(NOT actual STREQUAL SHA512)
        message(FATAL_ERROR "7zip-bin ${VERSION} is not what it was when it was pinned: ${actual}")
    endif()
endfunction()

trail_fetch_sevenzip(5.1.1
    b003f82e575e58dcf494dce64e2adddee59f1435964de83a57f32c9b2c8b47d5f589dc0a056220b7f66f8a7a9095d266dcb79c284b357a691baae3ba3c288b55)
trail_fetch_sevenzip(5.2.0
    ba44cf561a86e2337332ba36a80f4748249254937768deed95bfa17ea602b77111d325aba1e036551dfc30dace1cb43f7158fe0da20c69dd24142b565a8c21fc)
