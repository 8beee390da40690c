/* See allocation.h. */
#include "allocation.h"

#include <sqlite3.h>
#include <stddef.h>

enum { BYTES_MAX = 48 * 1024 * 1024 };

static sqlite3_mem_methods plain;

static void *allocate(int bytes)
{
    return bytes <= BYTES_MAX ? plain.xMalloc(bytes) : NULL;
}

static void *reallocate(void *memory, int bytes)
{
    return bytes <= BYTES_MAX ? plain.xRealloc(memory, bytes) : NULL;
}

void allocation_bound(void)
{
    sqlite3_mem_methods bounded;

    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) != SQLITE_OK)
        return;
    bounded = plain;
    bounded.xMalloc = allocate;
    bounded.xRealloc = reallocate;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &bounded);
}
