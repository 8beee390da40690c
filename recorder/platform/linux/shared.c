/* Work in a process of our own (os.h). */
#define _GNU_SOURCE
#include "os_shared.h"

#include "os.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CPU_SECONDS = 2 };
#define MEMORY_BYTES (UINT64_C(2) << 30)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

struct os_shared {
    void *memory;
    size_t size;
};

struct os_shared *os_shared_new(size_t size)
{
    struct os_shared *shared = malloc(sizeof *shared);

    if (shared == NULL)
        return NULL;
    shared->size = size;
    shared->memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (shared->memory != MAP_FAILED)
        return shared;
    free(shared);
    return NULL;
}

void *os_shared_memory(struct os_shared *shared)
{
    return shared->memory;
}

void os_shared_free(struct os_shared *shared)
{
    if (shared == NULL)
        return;
    munmap(shared->memory, shared->size);
    free(shared);
}

static void limit(int resource, rlim_t most)
{
    const struct rlimit limits = {most, most};

    setrlimit(resource, &limits);
}

static void begin_work(pid_t parent)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGALRM, SIGCHLD, SIGPIPE, SIGSEGV, SIGBUS};

    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        signal(signals[i], SIG_DFL);
    signal(SIGINT, SIG_IGN); /* for whomever it is meant: we are soon done */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, CPU_SECONDS);
#ifndef IS_SANITIZED /* a sanitizer's own maps are larger */
    limit(RLIMIT_AS, MEMORY_BYTES);
#endif
}

/* The end of the pipe is the end of the worker, which alone holds it. */
static void wait_for_end(int file, unsigned timeout_ms)
{
    uint64_t end_ns = os_monotonic_ns() + (uint64_t)timeout_ms * 1000000;
    struct pollfd poll_file = {file, POLLIN, 0};
    uint64_t now;

    while ((now = os_monotonic_ns()) < end_ns &&
           poll(&poll_file, 1, (int)((end_ns - now + 999999) / 1000000)) < 0 && errno == EINTR)
        continue;
}

int os_shared_work(struct os_shared *shared, os_shared_worker work, unsigned timeout_ms)
{
    pid_t parent = getpid(), worker;
    int ends[2], status = -1;

    if (pipe(ends) != 0)
        return -1;
    worker = fork();
    if (worker == 0) {
        close(ends[0]);
        begin_work(parent);
        work(shared->memory, shared->size);
        _exit(0);
    }
    close(ends[1]);
    if (worker > 0) {
        wait_for_end(ends[0], timeout_ms);
        kill(worker, SIGKILL); /* a zombie feels nothing */
        while (waitpid(worker, &status, 0) < 0 && errno == EINTR)
            continue;
    }
    close(ends[0]);
    return worker > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

bool os_shared_serve(int argument_count, char *const *arguments, os_shared_worker work)
{
    (void)argument_count;
    (void)arguments;
    (void)work;
    return false;
}
