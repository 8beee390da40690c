/* Tells a debugger what UTF-16 can hold, by OutputDebugStringW: for wide_strings.sh. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <wchar.h>

enum { LONG_UNITS = 100000, TOO_LONG_UNITS = 200000 };

int main(void)
{
    static const wchar_t lone[] = {L'a', 0xD800, L'b', 0xDC00, 0xD83D, 0};
    static wchar_t text[TOO_LONG_UNITS + 1];

    OutputDebugStringW(L"\x20AC \xD83D\xDE00 \x6F22");
    OutputDebugStringW(lone);
    OutputDebugStringW(L"trail:mark \xD83D\xDE00");
    wmemset(text, 0xE4, LONG_UNITS);
    wmemcpy(text + LONG_UNITS - 3, L"end", 3);
    OutputDebugStringW(text);
    text[LONG_UNITS / 2] = 0xDFFF;
    OutputDebugStringW(text);
    wmemset(text, L'x', TOO_LONG_UNITS);
    OutputDebugStringW(text);
    return 0;
}
