/*
 * Whether a launched program runs without the rights that its file would give it. Loop thread.
 */
#ifndef TRAIL_LINUX_RIGHTS_H
#define TRAIL_LINUX_RIGHTS_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * At the stop of its exec. Its file is looked for by `name`, as execvp does, where the system hides
 * which one it is.
 */
bool rights_are_lost(pid_t pid, const char *name);

#endif
