/*
 * What the files of the Linux platform share: its state, and what each file offers the others.
 * Everything belongs to the loop thread except platform_identify. Facts about ptrace stand where
 * they are used; ptrace(2) is the source where none is named.
 */
#ifndef TRAIL_LINUX_PLATFORM_H
#define TRAIL_LINUX_PLATFORM_H

#include "image/elf.h"
#include "image/stapsdt_argument.h"
#include "platform.h"

#include <signal.h>
#include <sys/types.h>
#include <sys/user.h>
#include <time.h>

enum {
    LOADED_MAX = 4096,         /* modules followed per process; more are not observed */
    NAME_BYTES_MAX = 4096,     /* of a path */
    STAGED_BYTES = 512 * 1024, /* paths of the modules found at one stop */
    BREAKPOINT_BYTES_MAX = 16,
    STANDING_MAX = 64 /* processes left standing whose numbers are kept */
};

/* One entry of a process's link map. */
struct loaded {
    uint64_t node;    /* address of its struct link_map */
    uint64_t base;    /* l_addr: what is added to the file's addresses */
    uint64_t dynamic; /* l_ld */
    uint64_t name;    /* address of l_name */
    uint32_t link_namespace;
    bool ignored; /* the program itself, the vdso, a dlmopen proxy of the loader: no load */
    bool seen;    /* during an update: still there */
};

/* A probe at which an int3 stands: see probes.h. */
struct probe {
    uint64_t address, semaphore; /* 0: none */
    uint64_t base, moved;        /* of its image */
    enum event_kind kind;
    struct stapsdt_argument argument;
};

/* What can be observed in a process. */
enum observation {
    NOT_OBSERVED_STATIC,
    NOT_OBSERVED_32_BIT,
    NOT_OBSERVED_SHARED,
    OBSERVED_BY_R_BRK
};

struct process {
    struct process *next; /* of the platform's list */
    pid_t pid;
    /*
     * through which its memory is reached: the task that stopped last (a leader that has ended has
     * none any more)
     */
    pid_t memory_tid;
    unsigned threads;    /* tasks that we trace */
    bool leader_is_gone; /* it had ended when the others were attached to */
    /* not recorded: it shares memory with a recorded process, and is let go at its exec */
    bool muted;
    bool unsettled; /* a look at its threads has found something new */
    /* an attach has stopped it, and has yet to tell what is there; the process itself is told */
    bool attaching, told;
    bool stopped; /* by job control: a group-stop */
    uint64_t attach_ns;
    bool replaying; /* what the next look at its modules finds was there before the attach */
    bool begins_with_trap_blocked; /* SIGTRAP was blocked at the exec */
    /* start-up loads are done: what loads from here on is the program's own doing */
    bool started;
    enum observation observation;
    uint64_t breakpoint; /* address of the planted int3, 0 if none */
    uint64_t planted;    /* where the planted bytes begin, of which it is one */
    unsigned planted_bytes;
    unsigned char original[BREAKPOINT_BYTES_MAX]; /* what stood there */
    bool returns_itself;         /* a ret was planted behind the int3: the task need only go on */
    uint64_t r_debug;            /* address of struct r_debug, 0 while unknown */
    uint64_t musl_debug_pointer; /* address of musl's pointer to it, 0 if not musl */
    uint64_t image_base, image_dynamic, vdso_base;
    struct loaded *loaded;
    unsigned loaded_count, loaded_capacity;
    struct probe *probes;
    unsigned probe_count, probe_capacity;
};

enum resume_action {
    RESUME_NOTHING,  /* the task is gone */
    RESUME_CONTINUE, /* with `signal` */
    RESUME_LISTEN,   /* a group-stop goes on */
    RESUME_DETACH,   /* and be done with it */
    RESUME_ATTACHED  /* all threads that an attach has stopped */
};

struct task {
    struct task *next; /* same hash bucket */
    pid_t tid;
    struct process *process; /* NULL: stopped at birth, the parent's event has not come yet */
    bool release;            /* let go at its first stop: a child that is not followed */
    bool born;               /* its first stop has been seen */
    bool held, told;         /* by an attach: it stands still; its synthetic event has been given */
    bool held_listen;        /* how it must go on then */
    bool held_at_exec;       /* it stands where it is a new program */
    bool ended;              /* its end was seen while another task was waited for: to be removed */
    bool out_of_reach;       /* in a vfork: it will stand still when its child lets it */
    int held_signal;
};

/* A load or unload found at the stop that is being handled. */
struct change {
    bool is_load;
    uint64_t base;
    uint32_t link_namespace;
    uint32_t name_offset, name_length; /* in the staging buffer */
    uint64_t span_bytes;
    unsigned char build_id[64];
    unsigned build_id_bytes;
};

enum { TASK_BUCKETS = 1024 };

struct platform {
    bool follow, has_kernel_times;
    pid_t launched;
    struct platform_exit launched_exit;

    struct task *tasks[TASK_BUCKETS], *free_tasks;
    struct process *processes, *free_processes;

    /* The stop that is being handled. */
    struct task *current;
    enum resume_action action;
    int signal;
    uint64_t t_ns;
    struct change *changes;
    unsigned change_count, next_change, load_count;
    uint64_t cause; /* of the changes' loads */
    char *staged;
    uint32_t staged_used;
    int stop_signal; /* a process has stopped by it since the last wait, 0 if none */
    bool was_attached;
    /* made at this stop, and held at its birth until its maker goes on; NULL if none */
    struct task *newborn;
    pid_t standing[STANDING_MAX]; /* left standing by platform_detach */
    unsigned standing_count;
    /* children may have stopped at birth whose parents' events have not come */
    bool has_unclaimed;
    bool launch_stop_pending; /* the exec stop that platform_launch waited for is the first event */

    long cores;
    unsigned short_waits, wanted_short_waits; /* in a row: see look_for_stop */

    timer_t timer;
    bool has_timer;
    /* what SIGALRM did before the timer, and what was blocked; the target must find it so */
    struct sigaction alarm_before;
    sigset_t blocked_before;
    uint64_t armed_for_ns;
    volatile sig_atomic_t interrupted;
    /*
     * of an attach, 0 if there is none: from when it is given up if we are asked to end, and anyway
     */
    uint64_t heed_ns, give_up_ns;
};

/* tasks.c: the tables. Adding returns NULL only if out of memory. */
struct task *tasks_find(struct platform *platform, pid_t tid);
struct task *tasks_add(struct platform *platform, pid_t tid, struct process *process);
void tasks_remove(struct platform *platform, struct task *task);
struct process *processes_find(struct platform *platform, pid_t pid);
struct process *processes_add(struct platform *platform, pid_t pid);
void processes_remove(struct platform *platform, struct process *process);
void tasks_free_all(struct platform *platform);
/* Calls visit for each task; visit may remove the task it is given. */
void tasks_each(struct platform *platform,
                void (*visit)(struct platform *platform, struct task *task));

/* memory.c: a task's memory. Reads return the bytes read, 0 on failure. */
size_t memory_read(pid_t pid, uint64_t address, void *buffer, size_t size);
bool memory_read_exactly(pid_t pid, uint64_t address, void *buffer, size_t size);
/* Reads a NUL-terminated string of up to capacity - 1 bytes. Returns its length. */
size_t memory_read_string(pid_t pid, uint64_t address, char *buffer, size_t capacity);
/*
 * The headers and the build-id of an image that is mapped at base, from its first page, where every
 * known linker puts them.
 */
int memory_read_head(pid_t pid, uint64_t base, struct elf_head *head);
/* Whether two tasks have the same memory, not only alike (kcmp(2)). */
bool memory_is_shared(pid_t a, pid_t b);
/*
 * Replaces bytes, write-protected or not; old (if not NULL) gets the former ones. -1 if the task is
 * gone or the address is not mapped.
 */
int memory_poke(pid_t tid, uint64_t address, const unsigned char *bytes, unsigned count,
                unsigned char *old);

/*
 * process_image.c: what a process runs after an exec, and which file is mapped at an address (the
 * length of its path, 0 if none).
 */
size_t image_path_at(pid_t pid, uint64_t address, char *path, size_t capacity);
void image_inspect(struct platform *platform, struct process *process, struct event *event);
/*
 * Whether a process's memory was copied from this one's, or both from a third, since the last exec:
 * each exec chooses addresses anew.
 */
bool image_is_shared(const struct process *process, pid_t pid);

/*
 * attach.c: the next synthetic event of an attach; false if there is none. And the end of the stop
 * that an attach is.
 */
bool attach_next_event(struct platform *platform, struct event *event);
void attach_resume(struct platform *platform, struct task *task);
extern const long platform_trace_options;
/* Whether the thread has ended, noticed or not. */
bool attach_has_ended(pid_t tid);
/*
 * Calls `visit` with each of the process's threads until it returns true, and returns whether it
 * did.
 */
bool attach_any_thread(pid_t pid, bool (*visit)(void *context, pid_t tid), void *context);
/* A number that stands behind `name` in /proc/PID/status; -1 if there is none. */
long attach_status_number(pid_t pid, const char *name);
/* A set of signals there; 0 if there is none. */
uint64_t attach_status_mask(pid_t pid, const char *name);

/*
 * loader.c: finding the dynamic loader's debug interface in memory (_r_debug, _dl_debug_state;
 * musl's _dl_debug_addr).
 */
struct loader_symbols {
    uint64_t debug_state, r_debug, musl_debug_pointer; /* addresses; 0 if not there */
};
void loader_find_symbols(pid_t pid, uint64_t base, struct loader_symbols *symbols);

/* link_map.c: reads ahead, in one call, what link_map_update is going to look at. */
void link_map_peek(struct process *process);
/* What has been loaded and unloaded since the last look. Fills platform->changes. */
void link_map_update(struct platform *platform, struct process *process);
/* A fork's child starts with its parent's list. */
void link_map_copy(struct process *child, const struct process *parent);
/* The next found change as an event; false if there is none. */
bool link_map_next_event(struct platform *platform, struct process *process, struct event *event);

/*
 * breakpoint.c: the int3 planted at the loader's r_brk, the address `debug_state`. Where r_debug is
 * known, a task stops only when the loader's list is consistent. Nothing of the process may run
 * meanwhile.
 */
void breakpoint_plant(struct process *process, uint64_t debug_state, uint64_t r_debug);
/* Takes out of the task's memory all that is planted in its process, the probes' bytes too. */
void breakpoint_remove(struct process *process, pid_t tid);
/* Whether this SIGTRAP stop is at our int3. */
bool breakpoint_is_hit(const struct process *process, pid_t tid);
/*
 * Whether the task stands between two of the planted instructions, and must leave by
 * breakpoint_return before they are removed.
 */
bool breakpoint_holds(const struct process *process, pid_t tid);
/* Makes a task that hit it return from the (empty) function it is in, by its registers. */
void breakpoint_return(pid_t tid);

/*
 * seize.c: seizes and stops all threads of a process, which may run other programs meanwhile: then
 * it is stopped in the new one. Its tasks are held or out of reach then. Gives up after timeout_ms
 * (negative: never), and when platform_interrupt is called, if what it waits for does not come.
 * Returns 0; ESRCH: it has ended; EAGAIN: given up, in an exec; EBUSY: given up, it does not stop;
 * ELOOP: it ran another program each time; or the errno of PTRACE_SEIZE. Then the process has no
 * task, and goes on at the latest when we end.
 */
int seize_process(struct platform *platform, struct process *process, int timeout_ms);

/* stop.c: waits until a task stands still that was told to (PTRACE_INTERRUPT). */
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

/*
 * restart.c: undoes what our stops do to a task beyond stopping it. A call that waits for ever and
 * that our stop (or a signal that the target ignores; registers are the task's at its stop) has
 * ended begins again. SIGTRAP is blocked again behind our int3, if it was.
 */
void restart_call(pid_t tid);
void restart_behind_ignored(pid_t pid, pid_t tid, int signal,
                            const struct user_regs_struct *registers);
void restart_masked_trap(const struct process *process, pid_t tid);
bool restart_trap_is_blocked(pid_t tid);

/* standing.c: has all processes, whose tasks are held, stand still when they are let go. */
void standing_stop_all(struct platform *platform);

/* platform.c: whether a stop or an end waits to be told. */
bool platform_has_stop(void);

/*
 * jobs.c: if all have stopped and nothing else is to be told: stops us too, as long as our job is.
 */
void jobs_follow_stop(struct platform *platform);

/*
 * orphan.c: if nothing else is to be told: a child whose maker will never tell of it, as an event.
 */
bool orphan_next_event(struct platform *platform, struct event *event);
/* Takes the planted bytes out of such a child, which is about to be let go. */
void orphan_clean(struct platform *platform, pid_t tid);

/* decode.c: from a wait status to an event and to what platform_resume must do. */
void decode_status(struct platform *platform, pid_t tid, int status, struct event *event);
/* Lets a child go that is not followed, without the byte that it copied from its parent. */
void decode_release(struct platform *platform, struct task *task);
/*
 * A child whose maker, perhaps this one (or NULL), was killed before it could tell; it stands still
 * at birth.
 */
void decode_orphan(struct platform *platform, struct task *task, const struct process *maker,
                   struct event *event);
/* The first event: the launched program's exec. */
void decode_launch(struct platform *platform, struct event *event);

#endif
