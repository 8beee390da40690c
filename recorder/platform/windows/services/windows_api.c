/* See windows_api.h. */
#include "windows_api.h"

any_function windows_api_find(const wchar_t *dll, const char *name)
{
    HMODULE module = GetModuleHandleW(dll);

    return module != NULL ? (any_function)GetProcAddress(module, name) : NULL;
}
