/* Whose Ctrl-C it is. The rest of console.c implements os.h. */
#ifndef TRAIL_WINDOWS_CONSOLE_H
#define TRAIL_WINDOWS_CONSOLE_H

/*
 * From now on Ctrl-C in our console is meant for the recorder, since no debuggee shares this
 * console. Any thread.
 */
void console_claim(void);

#endif
