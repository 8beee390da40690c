# Cross-compiles for 64-bit Windows with MinGW-w64, and runs the results under Wine (tests/wine.sh).
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)

set(CMAKE_FIND_ROOT_PATH /usr/x86_64-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# printf by the C standard (%zu, %llu) and not by msvcrt; one file per program, with no DLL of the
# compiler beside it.
set(CMAKE_C_FLAGS_INIT "-D__USE_MINGW_ANSI_STDIO=1 -D_WIN32_WINNT=0x0601")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-static-libgcc")

# One Wine prefix per build tree, so that trees and their tests do not meet.
get_filename_component(wine_script "${CMAKE_CURRENT_LIST_DIR}/../../../tests/wine.sh" ABSOLUTE)
set(CMAKE_CROSSCOMPILING_EMULATOR "${wine_script};run;${CMAKE_BINARY_DIR}/wineprefix")
