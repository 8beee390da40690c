/*
 * See rights.h. The kernel gives a traced program no other user, group or capabilities than its
 * tracer has, unless that has CAP_SYS_PTRACE (execve(2), capabilities(7)).
 */
#include "tracing/rights.h"

#include "proc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { PATH_MAX_BYTES = 4096 };

/* The first file of that name in PATH that can be run. */
static bool search_path(const char *name, char *path, size_t capacity)
{
    const char *folder = getenv("PATH");

    while (folder != NULL && *folder != '\0') {
        size_t length = strcspn(folder, ":");
        int used = snprintf(path, capacity, "%.*s/%s", (int)length, folder, name);
        if (used > 0 && (size_t)used < capacity && access(path, X_OK) == 0)
            return true;
        folder += length + (folder[length] == ':');
    }
    return false;
}

bool rights_are_lost(pid_t pid, const char *name)
{
    char path[PATH_MAX_BYTES];
    struct stat file;
    struct statvfs medium;

    snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
    if (geteuid() == 0)
        return false;
    if (stat(path, &file) != 0) {
        if (strchr(name, '/') != NULL)
            snprintf(path, sizeof path, "%s", name);
        else if (!search_path(name, path, sizeof path))
            return false;
        if (stat(path, &file) != 0)
            return false;
    }
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ||
        (statvfs(path, &medium) == 0 && (medium.f_flag & ST_NOSUID) != 0))
        return false; /* it would get none alone, either */
    if ((file.st_mode & S_ISUID) != 0 && proc_status_id(pid, "Uid:") != (long)file.st_uid)
        return true;
    if ((file.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) &&
        proc_status_id(pid, "Gid:") != (long)file.st_gid)
        return true;
    return getxattr(path, "security.capability", NULL, 0) > 0 &&
           proc_status_mask(pid, "CapEff:") == 0;
}
