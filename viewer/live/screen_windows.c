/* See screen.h. */
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include "live/screen.h"

#include <stdlib.h>

#ifndef ENABLE_VIRTUAL_TERMINAL_PROCESSING
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 4
#endif

static const char enter[] = "\x1B[?1049h\x1B[?25l", leave[] = "\x1B[?25h\x1B[?1049l";

static HANDLE input, output;
static DWORD input_before, output_before;
static volatile LONG is_taken, is_asked_to_end;

int screen_write(const char *text, size_t length)
{
    DWORD written;

    return WriteFile(output, text, (DWORD)length, &written, NULL) ? 0 : -1;
}

/* Also of the thread that console events come on, when the program is about to be ended. */
static void give_back(void)
{
    if (InterlockedExchange(&is_taken, 0) == 0)
        return;
    screen_write(leave, sizeof leave - 1);
    SetConsoleMode(input, input_before);
    SetConsoleMode(output, output_before);
}

static BOOL WINAPI handle_event(DWORD event)
{
    InterlockedExchange(&is_asked_to_end, 1);
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        give_back();
    return TRUE;
}

bool screen_begin(void)
{
    input = GetStdHandle(STD_INPUT_HANDLE);
    output = GetStdHandle(STD_OUTPUT_HANDLE);
    if (!GetConsoleMode(input, &input_before) || !GetConsoleMode(output, &output_before) ||
        !SetConsoleMode(output, output_before | ENABLE_VIRTUAL_TERMINAL_PROCESSING))
        return false;
    SetConsoleMode(input, (input_before & ~(DWORD)(ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT)) |
                              ENABLE_WINDOW_INPUT | ENABLE_PROCESSED_INPUT);
    SetConsoleCtrlHandler(handle_event, TRUE);
    atexit(give_back);
    InterlockedExchange(&is_taken, 1);
    screen_write(enter, sizeof enter - 1);
    return true;
}

void screen_end(void)
{
    give_back();
    SetConsoleCtrlHandler(handle_event, FALSE);
}

void screen_size(size_t *columns, size_t *rows)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    bool is_known = GetConsoleScreenBufferInfo(output, &info) != 0;

    *columns = is_known ? (size_t)(info.srWindow.Right - info.srWindow.Left + 1) : 80;
    *rows = is_known ? (size_t)(info.srWindow.Bottom - info.srWindow.Top + 1) : 24;
}

/* What the events that have come mean; most are no key. */
static int take_events(void)
{
    INPUT_RECORD record;
    DWORD count;

    while (GetNumberOfConsoleInputEvents(input, &count) && count > 0 &&
           ReadConsoleInputW(input, &record, 1, &count)) {
        wchar_t key = record.Event.KeyEvent.uChar.UnicodeChar;
        if (record.EventType == WINDOW_BUFFER_SIZE_EVENT)
            return SCREEN_RESIZED;
        if (record.EventType == KEY_EVENT && record.Event.KeyEvent.bKeyDown && key > 0 && key < 128)
            return key;
    }
    return SCREEN_NOTHING;
}

int screen_wait(unsigned timeout_ms)
{
    ULONGLONG end = GetTickCount64() + timeout_ms;
    int key = SCREEN_NOTHING;

    while (key == SCREEN_NOTHING && !is_asked_to_end) {
        ULONGLONG now = GetTickCount64();
        if (now >= end || WaitForSingleObject(input, (DWORD)(end - now)) != WAIT_OBJECT_0)
            break;
        key = take_events();
    }
    return is_asked_to_end ? SCREEN_ENDS : key;
}
