/* Signals that a program brings on itself: fatal ones, and faults that it handles. */
#define _GNU_SOURCE
#include "target.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile sig_atomic_t count;

static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)context;
    printf("signal %d code %d address %d\n", signal, info->si_code, info->si_addr == (void *)16);
    siglongjmp(back, 1);
}

static void handle(int signal, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};

    sigaction(signal, &action, NULL);
}

static void write_to_nothing(void)
{
    static volatile uintptr_t nothing = 16;

    *(volatile int *)nothing = 1;
}

/* fatal N: the default action of a signal. */
static int fatal(int argument_count, char **arguments)
{
    printf("before\n");
    raise(argument_count > 0 ? atoi(arguments[0]) : SIGABRT);
    printf("after\n");
    return 3;
}

static int fatal_null(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    write_to_nothing();
    return 0;
}

static int fatal_int3(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    __asm__ volatile("int3");
    return 0;
}

static int fatal_ud2(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    __asm__ volatile("ud2");
    return 0;
}

static int fatal_division(int argument_count, char **arguments)
{
    (void)arguments;
    return 7 / (argument_count > 100 ? 1 : (int)strtol("0", NULL, 10));
}

static int use_stack(int depth)
{
    volatile char room[4096] = {0};

    return depth < 0 ? 0 : use_stack(depth + 1) + room[depth % 4096];
}

static int fatal_stack(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    return use_stack(0);
}

/* The fault happens while its signal is blocked: the kernel ends the program. */
static int fatal_blocked(int argument_count, char **arguments)
{
    sigset_t all;

    (void)argument_count, (void)arguments;
    handle(SIGSEGV, on_fault, 0);
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    write_to_nothing();
    return 0;
}

static int segv_handled(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    handle(SIGSEGV, on_fault, 0);
    for (volatile int i = 0; i < 5; i++)
        if (sigsetjmp(back, 1) == 0)
            write_to_nothing();
    return 0;
}

static int bus_handled(int argument_count, char **arguments)
{
    int file = open("short", O_RDWR | O_CREAT, 0600);
    char *mapped;

    (void)argument_count, (void)arguments;
    MUST(file >= 0 && ftruncate(file, 1) == 0);
    mapped = mmap(NULL, 8192, PROT_READ, MAP_SHARED, file, 0);
    handle(SIGBUS, on_fault, 0);
    if (sigsetjmp(back, 1) == 0)
        return ((volatile char *)mapped)[4096];
    return 0;
}

/* Skips the instruction of two bytes that faulted. */
static void skip_two(int signal, siginfo_t *info, void *context)
{
    printf("signal %d code %d\n", signal, info->si_code);
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2;
}

static int ud2_handled(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    handle(SIGILL, skip_two, 0);
    __asm__ volatile("ud2");
    __asm__ volatile("ud2");
    return 0;
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
    printf("signal %d code %d\n", signal, info->si_code);
    count++;
    (void)context;
}

static int traps_handled(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    handle(SIGTRAP, on_trap, 0);
    __asm__ volatile("int3");
    raise(SIGTRAP);
    kill(getpid(), SIGTRAP);
    __asm__ volatile("int3; nop");
    /* The trap flag: one trap behind each instruction until it is cleared. */
    __asm__ volatile(
        "pushfq; orq $0x100, (%%rsp); popfq; nop; nop; pushfq; andq $~0x100, (%%rsp); popfq" ::
            : "memory", "cc");
    printf("%d traps\n", (int)count);
    return 0;
}

static int trap_blocked(int argument_count, char **arguments)
{
    sigset_t set;

    (void)argument_count, (void)arguments;
    handle(SIGTRAP, on_trap, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGTRAP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGTRAP);
    printf("blocked\n");
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    signal(SIGTRAP, SIG_IGN);
    raise(SIGTRAP);
    printf("ignored\n");
    return 0;
}

/*
 * trap-kept LIBRARY: what is left of a handler for SIGTRAP and of its being blocked when a library
 * was loaded meanwhile.
 */
static int trap_kept(int argument_count, char **arguments)
{
    struct sigaction action;
    sigset_t set;

    MUST(argument_count == 1);
    handle(SIGTRAP, on_trap, 0);
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    MUST(dlopen(arguments[0], RTLD_NOW) != NULL);
    sigprocmask(SIG_BLOCK, NULL, &set);
    sigaction(SIGTRAP, NULL, &action);
    printf("blocked %d handler %d\n", sigismember(&set, SIGTRAP), action.sa_handler != SIG_DFL);
    return 0;
}

/* A stack that is used up, and a handler that has another. */
static int stack_handled(int argument_count, char **arguments)
{
    static char room[65536];
    stack_t other = {.ss_sp = room, .ss_size = sizeof room};
    stack_t after;

    (void)argument_count, (void)arguments;
    handle(SIGSEGV, on_fault, SA_ONSTACK);
    sigaltstack(&other, NULL);
    for (volatile int i = 0; i < 3; i++)
        if (sigsetjmp(back, 1) == 0)
            use_stack(0);
    sigaltstack(NULL, &after);
    printf("on it: %d\n", after.ss_flags & SS_ONSTACK);
    return 0;
}

static const char *core_name(void)
{
    static char pattern[128] = "";
    FILE *file = fopen("/proc/sys/kernel/core_pattern", "r");

    if (file == NULL || fgets(pattern, sizeof pattern, file) == NULL)
        pattern[0] = '\0';
    if (file != NULL)
        fclose(file);
    return pattern;
}

/* core: ends with a core file, where the system writes those into the current folder. */
static int core(int argument_count, char **arguments)
{
    struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

    (void)argument_count, (void)arguments;
    if (core_name()[0] != '/' && core_name()[0] != '|')
        setrlimit(RLIMIT_CORE, &unlimited);
    raise(SIGQUIT);
    return 0;
}

int main(int argument_count, char **arguments)
{
    static const struct behaviour table[] = {
        {"fatal", fatal},
        {"null", fatal_null},
        {"int3", fatal_int3},
        {"ud2", fatal_ud2},
        {"division", fatal_division},
        {"stack", fatal_stack},
        {"blocked", fatal_blocked},
        {"segv-handled", segv_handled},
        {"bus-handled", bus_handled},
        {"ud2-handled", ud2_handled},
        {"traps-handled", traps_handled},
        {"trap-blocked", trap_blocked},
        {"trap-kept", trap_kept},
        {"stack-handled", stack_handled},
        {"core", core},
        {NULL, NULL},
    };

    return run_behaviour(table, argument_count, arguments);
}
