/* trailview's command line: chooses the command, opens what it needs, and runs it. Main thread. */
#ifndef TRAIL_CLI_H
#define TRAIL_CLI_H

/*
 * Runs trailview: returns the exit status (0 yes, 1 no, 2 trouble). Prints on stdout, and a
 * sentence on stderr for trouble.
 */
int cli_main(int argument_count, char **arguments);

#endif
