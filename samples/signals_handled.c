/*
 * Signals that the program handles itself: SIGUSR1 with a handler that returns, SIGSEGV with one
 * that jumps out, and SIGUSR2, which it ignores (nothing is delivered, but a debugger is told). All
 * must reach the program as if no recorder were there.
 */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>

static volatile sig_atomic_t usr1;
static sigjmp_buf after_fault;

static void on_usr1(int number)
{
    (void)number;
    usr1++;
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    siglongjmp(after_fault, info->si_addr == (void *)0x1234 ? 1 : 2);
}

int main(void)
{
    struct sigaction usr1_action = {.sa_handler = on_usr1};
    struct sigaction fault_action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    volatile unsigned address = 0x1234;
    int jumped;

    sigaction(SIGUSR1, &usr1_action, NULL);
    sigaction(SIGSEGV, &fault_action, NULL);
    signal(SIGUSR2, SIG_IGN);
    raise(SIGUSR1);
    raise(SIGUSR2);
    raise(SIGUSR1);
    jumped = sigsetjmp(after_fault, 1);
    if (jumped == 0)
        *(volatile int *)(unsigned long)address = 1;
    printf("SIGUSR1 %d times, fault at the right address: %s\n", (int)usr1,
           jumped == 1 ? "yes" : "no");
    return usr1 == 2 && jumped == 1 ? 0 : 1;
}

// EXPECT: Exception name=SIGUSR1 tid=main
// EXPECT: Exception name=SIGUSR1
// EXPECT: Exception name=SIGSEGV module=signals_handled
// EXPECT-COUNT: Exception name=SIGUSR1 = 2
// EXPECT-COUNT: Exception name=SIGSEGV = 1
// EXPECT-EXIT: 0
