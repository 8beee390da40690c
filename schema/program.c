/*
 * See program.h. Besides file.c the one file outside recorder/platform that asks which system it is
 * compiled for.
 */
#ifndef _WIN32
#define _POSIX_C_SOURCE 200809L
#endif
#include "program.h"

#include <stdlib.h>

#ifdef _WIN32

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <fcntl.h>
#include <io.h>

#ifndef ENABLE_VIRTUAL_TERMINAL_PROCESSING
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 4
#endif

static char *utf8_from_wide(const wchar_t *wide)
{
    int size = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
    char *text = malloc((size_t)size + 1);

    if (text != NULL && WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, size, NULL, NULL) == 0)
        text[0] = '\0';
    return text;
}

int wmain(int argument_count, wchar_t **wide_arguments); /* no header declares it */

int wmain(int argument_count, wchar_t **wide_arguments)
{
    char **arguments = calloc((size_t)argument_count + 1, sizeof *arguments);
    int result;

    if (arguments == NULL)
        return 125;
    for (int i = 0; i < argument_count; i++)
        if ((arguments[i] = utf8_from_wide(wide_arguments[i])) == NULL)
            return 125;
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
    _setmode(_fileno(stderr), _O_BINARY);
    if (_isatty(_fileno(stdout)) || _isatty(_fileno(stderr)))
        SetConsoleOutputCP(CP_UTF8);
    result = program_main(argument_count, arguments);
    for (int i = 0; i < argument_count; i++)
        free(arguments[i]);
    free(arguments);
    return result;
}

const char *program_environment(const char *name)
{
    static char *last;
    wchar_t wide_name[64], *value;
    DWORD size;

    free(last);
    last = NULL;
    if (MultiByteToWideChar(CP_UTF8, 0, name, -1, wide_name, 64) == 0)
        return NULL;
    if ((size = GetEnvironmentVariableW(wide_name, NULL, 0)) == 0 ||
        (value = calloc(size, sizeof *value)) == NULL)
        return NULL;
    if (GetEnvironmentVariableW(wide_name, value, size) < size)
        last = utf8_from_wide(value);
    free(value);
    return last;
}

static HANDLE console_of(FILE *stream)
{
    return (HANDLE)_get_osfhandle(_fileno(stream));
}

bool program_is_terminal(FILE *stream)
{
    DWORD mode;

    return GetConsoleMode(console_of(stream), &mode) &&
           SetConsoleMode(console_of(stream), mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

int program_terminal_width(FILE *stream)
{
    CONSOLE_SCREEN_BUFFER_INFO info;

    return GetConsoleScreenBufferInfo(console_of(stream), &info)
               ? info.srWindow.Right - info.srWindow.Left + 1
               : 80;
}

#else

#include <sys/ioctl.h>
#include <unistd.h>

int main(int argument_count, char **arguments)
{
    return program_main(argument_count, arguments);
}

const char *program_environment(const char *name)
{
    return getenv(name);
}

bool program_is_terminal(FILE *stream)
{
    return isatty(fileno(stream)) == 1;
}

int program_terminal_width(FILE *stream)
{
    struct winsize size;

    return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

#endif
