/* thread_loop COUNT: creates a thread that does nothing and joins it, over and over. */
#include <pthread.h>
#include <stdlib.h>

static void *do_nothing(void *argument)
{
    return argument;
}

int main(int argc, char **argv)
{
    long count = argc == 2 ? atol(argv[1]) : -1;

    for (long i = 0; i < count; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, do_nothing, NULL) != 0 || pthread_join(thread, NULL) != 0)
            return 1;
    }
    return count < 0;
}
