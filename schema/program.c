/*
 * See program.h. Besides file.c the one file outside recorder/platform that asks which system it is
 * compiled for.
 */
#ifndef _WIN32
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE
#endif
#include "program.h"

#include "sql.h"

#include <stdlib.h>

/*
 * stderr gets lines, not characters: nothing of another process stands within one, and a console
 * is told characters of several bytes as a whole. Windows' C library knows no lines: who has said
 * something flushes it.
 */
enum { LINE_BYTES = 4096 };

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

enum { CONSOLE_BYTES = 1 << 16 };

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
    setvbuf(stderr, NULL, _IOLBF, LINE_BYTES);
    if (_isatty(_fileno(stdout))) /* as a whole, too; what waits flushes it */
        setvbuf(stdout, NULL, _IOFBF, CONSOLE_BYTES);
    sql_bound_allocations();
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

bool program_shows_unicode(FILE *stream)
{
    DWORD mode;

    return !GetConsoleMode(console_of(stream), &mode) || GetConsoleOutputCP() == CP_UTF8;
}

void program_page(void)
{
}

void program_ignore_closed_pipes(void)
{
}

#else

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SCREEN_BYTES = 1 << 16 };

int main(int argument_count, char **arguments)
{
    setvbuf(stderr, NULL, _IOLBF, LINE_BYTES);
    sql_bound_allocations();
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

bool program_shows_unicode(FILE *stream)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *locale = NULL;

    (void)stream;
    for (size_t i = 0; i < 3 && (locale == NULL || *locale == '\0'); i++)
        locale = getenv(names[i]);
    return locale != NULL && (strstr(locale, "UTF-8") != NULL || strstr(locale, "utf8") != NULL ||
                              strstr(locale, "utf-8") != NULL || strstr(locale, "UTF8") != NULL);
}

static size_t lines_in(const char *text, size_t length)
{
    size_t lines = 0;

    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    return lines;
}

static ssize_t read_some(int in, char *room, size_t size)
{
    ssize_t length;

    while ((length = read(in, room, size)) < 0 && errno == EINTR)
        ;
    return length;
}

/* A screenful goes to the terminal, more to the pager; returns when that has ended. */
static void show(int in, size_t rows, const char *pager)
{
    static char text[SCREEN_BYTES];
    size_t length = 0;
    ssize_t more = 1;
    FILE *out = stdout;

    while (more > 0 && length < sizeof text && lines_in(text, length) < rows)
        if ((more = read_some(in, text + length, sizeof text - length)) > 0)
            length += (size_t)more;
    if (more > 0) {
        setenv("LESS", "RX", 0);
        if ((out = popen(pager, "w")) == NULL)
            out = stdout;
    }
    signal(SIGPIPE, SIG_IGN); /* a pager may be left before the end */
    do {
        fwrite(text, 1, length, out);
        fflush(out);
    } while (!ferror(out) && more > 0 && (more = read_some(in, text, sizeof text)) > 0 &&
             (length = (size_t)more) > 0);
    close(in); /* nobody reads any more */
    if (out != stdout)
        pclose(out);
}

/* As the process ended that did the work: a pager that was left early is no failure. */
static _Noreturn void end_like(pid_t worker)
{
    int status = 0;
    pid_t ended;

    while ((ended = wait(&status)) != worker && (ended > 0 || errno == EINTR))
        ;
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 0);
}

void program_page(void)
{
    const char *pager = getenv("PAGER");
    struct winsize size;
    int ends[2];
    pid_t worker;

    if ((pager != NULL && (*pager == '\0' || strcmp(pager, "cat") == 0)) || !isatty(STDIN_FILENO) ||
        ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row < 2 || pipe(ends) != 0)
        return;
    fflush(NULL);
    if ((worker = fork()) == 0) {
        dup2(ends[1], STDOUT_FILENO);
        signal(SIGPIPE, SIG_DFL);
    }
    if (worker <= 0) {
        close(ends[0]);
        close(ends[1]);
        return;
    }
    close(ends[1]);
    signal(SIGINT, SIG_IGN); /* ends what is computed; the pager shows what came until then */
    show(ends[0], size.ws_row - 1u,
         pager != NULL ? pager : "if command -v less >/dev/null; then less; else cat; fi");
    end_like(worker);
}

void program_ignore_closed_pipes(void)
{
    signal(SIGPIPE, SIG_IGN);
}

#endif
