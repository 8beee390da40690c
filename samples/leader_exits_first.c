/*
 * The main thread ends by itself while another one goes on: the process lives until that one ends
 * too.
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void *run(void *argument)
{
    pthread_join(*(pthread_t *)argument, NULL);
    puts("the main thread is gone");
    exit(9);
}

int main(void)
{
    static pthread_t main_thread;
    pthread_t thread;

    main_thread = pthread_self();
    if (pthread_create(&thread, NULL, run, &main_thread) != 0)
        return 99;
    pthread_exit(NULL);
}

// EXPECT: CreateThread tid=$worker
// EXPECT: ExitProcess pid=main exit_code=9
// EXPECT-COUNT: CreateThread = 1
// EXPECT-COUNT: ExitProcess = 1
// EXPECT-EXIT: 9
