/*
 * The Windows API as this folder sees it: that of Windows 7, and newer functions looked up at run
 * time. Any thread.
 */
#ifndef TRAIL_WINDOWS_WINDOWS_API_H
#define TRAIL_WINDOWS_WINDOWS_API_H

#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

/*
 * A function that is not in every Windows, from a DLL that is loaded already; NULL if it is not
 * there. Cast it to its type.
 */
typedef void (*any_function)(void);
any_function windows_api_find(const wchar_t *dll, const char *name);

#endif
