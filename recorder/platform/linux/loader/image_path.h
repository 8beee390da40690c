/*
 * Where the file of a module is. Loop thread, the process stands still.
 */
#ifndef TRAIL_LINUX_IMAGE_PATH_H
#define TRAIL_LINUX_IMAGE_PATH_H

#include "process.h"

/* How a process sees the files: as we do, from a root of its own, or in a mount namespace. */
enum image_view { VIEW_OURS, VIEW_OF_ROOT, VIEW_OF_NAMESPACE };
enum image_view image_path_view(const struct process *process);

/*
 * Tells in the event where the file is that is mapped at `base`, which the process has opened as
 * `name`, of so many bytes. The name is believed where it means to us what it means to the process;
 * else the kernel is asked.
 */
void image_path_put(const struct process *process, enum image_view view, uint64_t base,
                    const char *name, size_t length, struct event *event);

/* The same of the program that it runs; what stands before its own root stays in its path. */
void image_path_put_program(const struct process *process, struct event *event);

#endif
