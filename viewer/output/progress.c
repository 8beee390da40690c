/* See progress.h. */
#include "progress.h"

#include "program.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { PATIENCE_MS = 1000, PAUSE_MS = 100, LOOKS = 2000 };

static int64_t now_ms(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    sqlite3_int64 ms = 0;

    if (vfs != NULL && vfs->iVersion >= 2 && vfs->xCurrentTimeInt64 != NULL)
        vfs->xCurrentTimeInt64(vfs, &ms);
    return ms;
}

void progress_begin(struct progress *progress, const char *what, const char *unit, int64_t total)
{
    memset(progress, 0, sizeof *progress);
    progress->what = what;
    progress->unit = unit;
    progress->total = total;
    progress->is_terminal = program_is_terminal(stderr);
    progress->start_ms = now_ms();
    if (!progress->is_terminal)
        progress->next = INT64_MAX;
}

void progress_to(struct progress *progress, int64_t done)
{
    int64_t now;

    if (progress == NULL || done < progress->next)
        return;
    progress->done = done;
    progress->next = done + 1 + progress->total / LOOKS;
    now = now_ms();
    if (now - progress->start_ms < PATIENCE_MS || now - progress->shown_ms < PAUSE_MS)
        return;
    progress->shown_ms = now;
    progress->is_shown = true;
    fprintf(stderr, "\r%s: %" PRId64, progress->what, done);
    if (progress->total > 0)
        fprintf(stderr, " of %" PRId64, progress->total);
    fprintf(stderr, " %s\x1B[K", progress->unit);
    fflush(stderr);
}

void progress_hide(struct progress *progress)
{
    if (progress == NULL || !progress->is_shown)
        return;
    progress->is_shown = false;
    fputs("\r\x1B[K", stderr);
    fflush(stderr);
}
