/* See measure.h. */
#define _GNU_SOURCE
#include "measure.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t ns_of(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_usec * 1000;
}

/*
 * A child has had the memory of its parent at first: rusage tells of that too, so the parent must
 * be small (and bench is).
 */
static int run(char *const arguments[], struct sample *sample)
{
    posix_spawn_file_actions_t actions;
    struct rusage usage;
    int status = 0, failure;
    uint64_t start;
    pid_t child;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    start = now_ns();
    failure = posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ);
    while (failure == 0 && wait4(child, &status, 0, &usage) != child) {
        if (errno != EINTR)
            failure = 1;
        else
            kill(child, SIGTERM); /* we were told to end */
    }
    sample->command_ns = now_ns() - start;
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        return -1;
    sample->cpu_ns = ns_of(&usage.ru_utime) + ns_of(&usage.ru_stime);
    sample->peak_bytes = (uint64_t)usage.ru_maxrss * 1024;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void read_clock(struct sample *sample)
{
    FILE *file = fopen("timed.ns", "r");

    if (file == NULL)
        return;
    if (fscanf(file, "%" SCNu64, &sample->beside_ns) != 1)
        sample->beside_ns = 0;
    fclose(file);
}

static void read_trail(struct sample *sample)
{
    sqlite3_stmt *query = NULL;
    struct stat status;
    sqlite3 *db = NULL;

    if (stat("trail.db", &status) != 0)
        return;
    sample->file_bytes = (uint64_t)status.st_size;
    if (sqlite3_open_v2("trail.db", &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "SELECT events, stalls, stall_ns FROM run ORDER BY id DESC LIMIT 1",
                           -1, &query, NULL) == SQLITE_OK &&
        sqlite3_step(query) == SQLITE_ROW) {
        sample->events = (uint64_t)sqlite3_column_int64(query, 0);
        sample->stalls = (uint64_t)sqlite3_column_int64(query, 1);
        sample->stall_ns = (uint64_t)sqlite3_column_int64(query, 2);
    }
    sqlite3_finalize(query);
    sqlite3_close(db);
}

static void empty_folder(void)
{
    DIR *folder = opendir(".");
    const struct dirent *entry;

    while (folder != NULL && (entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlink(entry->d_name);
    if (folder != NULL)
        closedir(folder);
}

int measure_prepare(char *const arguments[])
{
    struct sample unused;

    return run(arguments, &unused);
}

int measure_command(char *const arguments[], struct sample *sample)
{
    int status;

    memset(sample, 0, sizeof *sample);
    status = run(arguments, sample);
    read_clock(sample);
    read_trail(sample);
    empty_folder();
    return status;
}

bool measure_has_program(const char *name)
{
    const char *path = getenv("PATH");

    if (name[0] == '/')
        return access(name, X_OK) == 0;
    while (path != NULL && *path != '\0') {
        size_t length = strcspn(path, ":");
        char file[4096];
        snprintf(file, sizeof file, "%.*s/%s", (int)length, path, name);
        if (access(file, X_OK) == 0)
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}
