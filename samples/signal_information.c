/*
 * A signal with a value attached (sigqueue), and a timer's: the handler must see the same siginfo
 * as without a recorder, and a blocking system call that the signal interrupts must fail with EINTR
 * as usual.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t code, value, alarms;
static volatile pid_t sender;

static void on_queued(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    code = info->si_code;
    value = info->si_value.sival_int;
    sender = info->si_pid;
}

static void on_alarm(int number)
{
    (void)number;
    alarms++;
}

int main(void)
{
    struct sigaction queued = {.sa_sigaction = on_queued, .sa_flags = SA_SIGINFO};
    struct sigaction alarmed = {.sa_handler = on_alarm};
    struct itimerval timer = {.it_value = {.tv_usec = 1000}};
    int ends[2];
    char byte;

    sigaction(SIGUSR1, &queued, NULL);
    sigaction(SIGALRM, &alarmed, NULL);
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 4711});
    printf("SI_QUEUE: %s, from myself: %s, value %d\n", code == SI_QUEUE ? "yes" : "no",
           sender == getpid() ? "yes" : "no", (int)value);
    if (pipe(ends) != 0)
        return 99;
    setitimer(ITIMER_REAL, &timer, NULL);
    printf("read: %s\n",
           read(ends[0], &byte, 1) == -1 && errno == EINTR ? "interrupted" : "something else");
    return alarms == 1 && value == 4711 ? 0 : 1;
}

// EXPECT: Exception name=SIGUSR1 si_code=-1 parameters=*4711*
// EXPECT: Exception name=SIGALRM si_code=128
// EXPECT-EXIT: 0
