# Run by cpack after a package is made: gives the package of debug symbols what cpack 3.25 does not,
# the documents (those of the programs, by a link) and check sums without paths of the build.
foreach(package IN LISTS CPACK_PACKAGE_FILES)
    if(NOT package MATCHES "\\.ddeb$")
        continue()
    endif()
    set(folder "${package}.unpacked")
    execute_process(COMMAND dpkg-deb -R "${package}" "${folder}" COMMAND_ERROR_IS_FATAL ANY)
    file(READ "${folder}/DEBIAN/md5sums" sums)
    string(REGEX REPLACE "  [^\n]*/usr/" "  usr/" sums "${sums}")
    file(WRITE "${folder}/DEBIAN/md5sums" "${sums}")
    file(MAKE_DIRECTORY "${folder}/usr/share/doc")
    file(CREATE_LINK trail "${folder}/usr/share/doc/trail-dbgsym" SYMBOLIC)
    execute_process(COMMAND dpkg-deb -Zgzip --root-owner-group -b "${folder}" "${package}"
        OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    file(REMOVE_RECURSE "${folder}")
endforeach()
