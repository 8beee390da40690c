/*
 * Prints its arguments, which reach it unchanged through the recorder, spaces, quotes and empty
 * ones included.
 */
#include <stdio.h>

int main(int argument_count, char **arguments)
{
    for (int i = 1; i < argument_count; i++)
        printf("[%s]\n", arguments[i]);
    return argument_count;
}

// ARGS: --port 8080 "two words" "" last
// EXPECT: CreateProcess command_line=*--port*8080*two?words*last*
// EXPECT-EXIT: 6
