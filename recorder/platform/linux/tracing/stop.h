/*
 * Waiting until a task stands still that was told to (PTRACE_INTERRUPT), and what becomes of those
 * that end meanwhile. Loop thread.
 */
#ifndef TRAIL_LINUX_STOP_H
#define TRAIL_LINUX_STOP_H

#include "state.h"

enum stop_result {
    STOP_STANDS,
    STOP_ENDED,
    /*
     * without a word: an exec of its own has given it the number of its process, or another's has
     * taken its number
     */
    STOP_GONE,
    /*
     * it waits in the kernel for the end or the exec of its vfork child, and will stop after that
     */
    STOP_OUT_OF_REACH,
    STOP_NOT_YET /* looked at once: it runs, or stands as told before; waited for: given up */
};
enum stop_result stop_look(pid_t tid, int *status);
/*
 * Threads of its process that end meanwhile are marked as ended, for stop_remove_marked to remove.
 */
enum stop_result stop_wait(struct platform *platform, pid_t tid, int *status);
void stop_remove_marked(struct platform *platform, struct task *task);
/*
 * Removes a task that ended, or is gone: then the leader is another that is yet to stop, unless it
 * stands at that exec.
 */
void stop_remove_ended(struct platform *platform, struct task *task, enum stop_result result);
/* Whether an attach is not to wait any longer. */
bool stop_is_given_up(const struct platform *platform);

/* Whether a stop or an end waits to be told. */
bool stop_is_waiting(void);

#endif
