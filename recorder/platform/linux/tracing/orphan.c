/*
 * Children whose maker was killed after it had made them and before it could tell: its event never
 * comes, so they would stand still at birth for ever. They are found when nothing else is to be
 * told, and then go on like other children.
 */
#define _GNU_SOURCE
#include "tracing/orphan.h"

#include "loader/breakpoint.h"
#include "loader/process_image.h"
#include "proc.h"
#include "tracing/decode.h"
#include "tracing/stop.h"
#include "tracing/tasks.h"

#include <unistd.h>

/* With CLONE_PARENT a child of the launched program is ours at once; its maker may well live. */
static bool has_lost_maker(struct platform *platform, const struct task *task)
{
    pid_t parent = (pid_t)proc_status_number(task->tid, "PPid:");

    if (task->process != NULL || !task->born || proc_status_number(task->tid, "Tgid:") != task->tid)
        return false;
    return processes_find(platform, parent) == NULL && (parent != getpid() || parent == 1);
}

/*
 * A process whose memory the child has a copy of: its maker, which is gone, or another of the same
 * exec.
 */
static const struct process *find_origin(const struct platform *platform, pid_t child)
{
    const struct process *lists[] = {platform->free_processes, platform->processes};

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (const struct process *process = lists[i]; process != NULL; process = process->next)
            if ((process->breakpoint != 0 || process->observation < OBSERVED_BUT_FAILURES) &&
                process_image_is_shared(process, child))
                return process;
    return NULL;
}

void orphan_clean(struct platform *platform, pid_t tid)
{
    const struct process *origin = find_origin(platform, tid);
    struct process copy;

    if (origin == NULL)
        return;
    copy = *origin;
    breakpoint_remove(&copy, tid);
}

static struct task *find_orphan(struct platform *platform)
{
    bool unclaimed = false;

    for (size_t i = 0; i < TASK_BUCKETS; i++)
        for (struct task *task = platform->tasks[i]; task != NULL; task = task->next) {
            if (has_lost_maker(platform, task))
                return task;
            unclaimed = unclaimed || task->process == NULL;
        }
    platform->has_unclaimed = unclaimed;
    return NULL;
}

bool orphan_next_event(struct platform *platform, struct event *event)
{
    struct task *task;

    if (!platform->has_unclaimed || stop_is_waiting() || (task = find_orphan(platform)) == NULL)
        return false;
    if (!decode_orphan(platform, task, find_origin(platform, task->tid), event))
        orphan_clean(platform, task->tid);
    return true;
}
