/* The environment of a launched program. */
#ifndef TRAIL_WINDOWS_ENVIRONMENT_H
#define TRAIL_WINDOWS_ENVIRONMENT_H

#include "platform.h"

#include <wchar.h>

/*
 * Our environment with the launch's changes as CreateProcessW wants it. NULL if out of memory. Free
 * with free().
 */
wchar_t *environment_block(const struct platform_launch *launch);

#endif
