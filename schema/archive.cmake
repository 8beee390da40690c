# Run by cpack over a staged installation: trail-VERSION-SYSTEM.tar.gz or .zip, with the files in
# the order of their names, of nobody in particular, and of the time $SOURCE_DATE_EPOCH.
get_filename_component(folder "${CPACK_TEMPORARY_DIRECTORY}" DIRECTORY)
get_filename_component(name "${CPACK_TEMPORARY_DIRECTORY}" NAME)
set(archive "${CPACK_PACKAGE_DIRECTORY}/${name}.${CPACK_TRAIL_ARCHIVE}")
file(GLOB programs "${CPACK_TEMPORARY_DIRECTORY}/bin/*")
execute_process(COMMAND "${CPACK_TRAIL_STRIP}" ${programs} COMMAND_ERROR_IS_FATAL ANY)
if(CPACK_TRAIL_ARCHIVE STREQUAL tar.gz)
    execute_process(
        COMMAND tar --sort=name --owner=0 --group=0 --numeric-owner
            "--mtime=@$ENV{SOURCE_DATE_EPOCH}" -C "${folder}" -cf - "${name}"
        COMMAND gzip -9n OUTPUT_FILE "${archive}" COMMAND_ERROR_IS_FATAL ANY)
else()
    file(GLOB_RECURSE paths RELATIVE "${folder}" "${CPACK_TEMPORARY_DIRECTORY}/*")
    list(SORT paths)
    list(JOIN paths "\n" lines)
    file(WRITE "${folder}/files" "${lines}\n")
    string(TIMESTAMP time "%Y-%m-%d %H:%M:%S UTC" UTC)
    execute_process(COMMAND "${CMAKE_COMMAND}" -E tar cf "${archive}" --format=zip
            "--mtime=${time}" "--files-from=${folder}/files"
        WORKING_DIRECTORY "${folder}" COMMAND_ERROR_IS_FATAL ANY)
endif()
set(CPACK_EXTERNAL_BUILT_PACKAGES "${archive}")
