/* See screen.h. Signals come only while it is waited for keys, so that no picture is cut. */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE
#include "live/screen.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

static const char enter[] = "\x1B[?1049h\x1B[?25l", leave[] = "\x1B[?25h\x1B[?1049l";
static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH};

static struct termios before;
static sigset_t mask_before, watched;
static bool is_taken, has_exit;
static volatile sig_atomic_t caught, is_resized;

static void note(int signal)
{
    if (signal == SIGWINCH)
        is_resized = 1;
    else
        caught = signal;
}

static void catch_signals(void (*handler)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}

int screen_write(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, text, length);
        if (written < 0 && errno != EINTR)
            return -1;
        text += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    return 0;
}

static void take(void)
{
    struct termios raw = before;

    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    is_taken = true;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    screen_write(enter, sizeof enter - 1);
}

static void give_back(void)
{
    if (!is_taken)
        return;
    is_taken = false;
    screen_write(leave, sizeof leave - 1);
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

bool screen_begin(void)
{
    const char *terminal = getenv("TERM");

    if (terminal == NULL || *terminal == '\0' || strcmp(terminal, "dumb") == 0 ||
        !isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &before) != 0)
        return false;
    sigemptyset(&watched);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaddset(&watched, signals[i]);
    sigprocmask(SIG_BLOCK, &watched, &mask_before);
    catch_signals(note);
    if (!has_exit)
        atexit(give_back);
    has_exit = true;
    take();
    return true;
}

void screen_end(void)
{
    bool was_taken = is_taken;

    give_back();
    if (!was_taken)
        return;
    catch_signals(SIG_DFL);
    if (caught != 0 && caught != SIGINT)
        raise(caught);
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

void screen_size(size_t *columns, size_t *rows)
{
    struct winsize size;
    bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;

    *columns = is_known && size.ws_col > 0 ? size.ws_col : 80;
    *rows = is_known && size.ws_row > 0 ? size.ws_row : 24;
}

/* Ctrl-Z: until the shell goes on with us. */
static void stand(void)
{
    sigset_t stop;

    give_back();
    catch_signals(SIG_DFL);
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, NULL);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    caught = 0;
    catch_signals(note);
    take();
}

int screen_wait(unsigned timeout_ms)
{
    struct timespec timeout = {timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000};
    unsigned char key;
    fd_set input;
    int ready;

    FD_ZERO(&input);
    FD_SET(STDIN_FILENO, &input);
    ready = pselect(STDIN_FILENO + 1, &input, NULL, NULL, &timeout, &mask_before);
    if (caught == SIGTSTP) {
        stand();
        return SCREEN_RESIZED;
    }
    if (caught != 0)
        return SCREEN_ENDS;
    if (is_resized) {
        is_resized = 0;
        return SCREEN_RESIZED;
    }
    if (ready <= 0)
        return SCREEN_NOTHING;
    return read(STDIN_FILENO, &key, 1) == 1 ? key : SCREEN_ENDS; /* the terminal is gone */
}
