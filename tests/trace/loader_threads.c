/*
 * Four threads load eight plugins as they come to them; plugins share what they need, so that which
 * thread brings it is chance. The same source is the plugins (LOADER_THREADS_PLUGIN is their
 * number) and what they share.
 */
#ifdef LOADER_THREADS_PLUGIN

int loader_threads_part(void);
int loader_threads_part(void)
{
    return LOADER_THREADS_PLUGIN;
}

#else
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

enum { THREADS = 4, PLUGINS = 8 };

static const char *folder;
static atomic_int next;
static atomic_int failed;

static unsigned compute(unsigned seed, unsigned rounds)
{
    while (rounds-- > 0)
        seed = seed * 1664525u + 1013904223u;
    return seed;
}

static void *load(void *argument)
{
    unsigned seed = (unsigned)time(NULL) + (unsigned)(size_t)argument;
    char path[4096];
    int plugin;

    while ((plugin = atomic_fetch_add(&next, 1)) < PLUGINS) {
        seed = compute(seed, seed % 200000);
        snprintf(path, sizeof path, "%s/libthreads_plugin%d.so", folder, plugin);
        if (dlopen(path, RTLD_NOW) == NULL)
            atomic_store(&failed, 1);
    }
    return NULL;
}

int main(int count, char **arguments)
{
    pthread_t threads[THREADS];

    folder = count > 1 ? arguments[1] : ".";
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, load, (void *)i) != 0)
            return 1;
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return atomic_load(&failed);
}
#endif
