/* signal_loop COUNT: raises a signal that has a handler, over and over. */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdlib.h>

static volatile sig_atomic_t handled;

static void handle(int signal)
{
    (void)signal;
    handled = handled + 1;
}

int main(int argc, char **argv)
{
    long count = argc == 2 ? atol(argv[1]) : -1;
    struct sigaction action = {.sa_handler = handle};

    sigaction(SIGUSR1, &action, NULL);
    for (long i = 0; i < count; i++)
        raise(SIGUSR1);
    return handled != count;
}
