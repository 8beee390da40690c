/*
 * Console events. Ctrl-C and Ctrl-Break go to every process of the console at once, so a target
 * that shares it gets them itself and decides what they mean, and the recorder must only survive to
 * see it. If no debuggee shares the console, they ask the recorder to stop.
 */
#include "services/console.h"

#include "os.h"
#include "services/windows_api.h"

static void (*stop_request)(void);
/* only through Interlocked functions: the handler runs in a thread of its own */
static volatile LONG console_is_ours;

static volatile LONG interrupted; /* likewise */

void console_claim(void)
{
    InterlockedExchange(&console_is_ours, 1);
}

static BOOL WINAPI handle_console_event(DWORD event)
{
    bool is_interrupt = event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;

    if (is_interrupt)
        InterlockedExchange(&interrupted, 1);
    if (!is_interrupt || InterlockedExchangeAdd(&console_is_ours, 0) != 0)
        stop_request();
    if (!is_interrupt)
        /* the system ends us when this returns; main ends us sooner, with the recording complete */
        Sleep(INFINITE);
    return TRUE;
}

void os_on_stop_request(void (*on_stop)(void))
{
    stop_request = on_stop;
    SetConsoleCtrlHandler(handle_console_event, TRUE);
}

bool os_was_interrupted(void)
{
    return InterlockedExchangeAdd(&interrupted, 0) != 0;
}
