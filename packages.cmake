# What cpack makes of a build, with the same bytes from any folder:
#
#   Linux     trail_VERSION_amd64.deb (its debug symbols in trail-dbgsym_*.ddeb), trail-*.tar.gz
#   Windows   trail-*.zip
#
#   cmake --preset package && cmake --build --preset package --target packages
#
# `packages` sets the time of all that is packed: $SOURCE_DATE_EPOCH, else that of the commit.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
    execute_process(COMMAND git log -1 --format=%ct WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
        OUTPUT_VARIABLE epoch OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed)
        set(ENV{SOURCE_DATE_EPOCH} "${epoch}")
    endif()
endif()
string(TIMESTAMP TRAIL_EPOCH "%s" UTC)

set(CPACK_PACKAGE_VENDOR "Trail")
set(CPACK_PACKAGE_CONTACT "The Trail maintainers <maintainers@users.noreply.github.com>")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_VERBATIM_VARIABLES ON)
# the archive is made by schema/archive.cmake: cpack's own has its files in no defined order
set(CPACK_EXTERNAL_ENABLE_STAGING ON)
set(CPACK_EXTERNAL_PACKAGE_SCRIPT "${PROJECT_SOURCE_DIR}/schema/archive.cmake")
set(CPACK_TRAIL_STRIP "${CMAKE_STRIP}")
if(WIN32)
    set(CPACK_GENERATOR External)
    set(CPACK_SYSTEM_NAME windows-x86_64)
    set(CPACK_TRAIL_ARCHIVE zip)
    install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
else()
    # as Debian calls them
    install(FILES LICENSE RENAME copyright DESTINATION "${CMAKE_INSTALL_DOCDIR}")
    string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
    set(changes "${PROJECT_BINARY_DIR}/changelog")
    file(WRITE "${changes}" "trail (${PROJECT_VERSION}) unstable; urgency=medium\n\n"
        "  * Made from the sources.\n\n -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
    execute_process(COMMAND "${GZIP_PROGRAM}" -9nf "${changes}")
    install(FILES "${changes}.gz" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
    set(CPACK_GENERATOR DEB External)
    set(CPACK_SYSTEM_NAME linux-x86_64)
    set(CPACK_TRAIL_ARCHIVE tar.gz)
    set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
    set(CPACK_DEBIAN_PACKAGE_SECTION devel)
    set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
    set(CPACK_DEBIAN_DEBUGINFO_PACKAGE ON)
    set(CPACK_POST_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/schema/debug_symbols.cmake")
    # the callers of stacks, and a fleet's server: loaded when needed
    set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libdw1, libcurl4, libssl3")
    set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "record and compare what a debugger sees of a program")
    set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"trailrec runs a program as its debugger and records which processes, threads
and shared objects come and go, signals and debug strings, with their times.
trailview shows what was recorded, says why something was loaded or takes
longer, compares runs and builds, and checks them against rules.")
endif()
include(CPack)

add_custom_target(packages
    COMMAND "${CMAKE_COMMAND}" -E env "SOURCE_DATE_EPOCH=${TRAIL_EPOCH}" "${CMAKE_CPACK_COMMAND}"
    WORKING_DIRECTORY "${PROJECT_BINARY_DIR}" USES_TERMINAL VERBATIM)
add_dependencies(packages trailrec trailview)
if(TARGET manual)
    add_dependencies(packages manual)
endif()
