/*
 * How a library function says what went wrong: it returns -1 or NULL and fills a struct
 * trail_error; only main.c and commands print. The function that first sees the failure writes the
 * sentence, callers may put context before it. Lower case, no full stop.
 */
#ifndef TRAIL_ERROR_H
#define TRAIL_ERROR_H

#if defined(__GNUC__)
#if defined(__MINGW32__)
#define TRAIL_PRINTF(format_index, first) __attribute__((format(gnu_printf, format_index, first)))
#else
#define TRAIL_PRINTF(format_index, first) __attribute__((format(printf, format_index, first)))
#endif
#else
#define TRAIL_PRINTF(format_index, first)
#endif

enum trail_error_code {
    TRAIL_OK = 0,
    TRAIL_FAILED,         /* anything without a code of its own */
    TRAIL_NOT_FOUND,      /* a program, file or run that is not there */
    TRAIL_NOT_EXECUTABLE, /* a program that is there but cannot be run */
    TRAIL_NOT_A_TRAIL,    /* a file that is not ours */
    TRAIL_OTHER_VERSION,  /* a trail file of another format */
    TRAIL_DAMAGED,        /* a file that SQLite calls corrupt */
    TRAIL_LOCKED,         /* a file that somebody else keeps locked */
    TRAIL_READ_ONLY,      /* a file or folder that cannot be written */
    TRAIL_NO_SPACE,       /* the medium is full */
    TRAIL_FOREIGN         /* what stands there is not ours, or no file: it is left alone */
};

struct trail_error {
    enum trail_error_code code;
    long os_code; /* errno, GetLastError() or an SQLite result code; 0 if none */
    char sentence[512];
};

/*
 * Fills error (which may be NULL) with the code and the formatted sentence. Always returns -1, so
 * that it can be returned.
 */
int error_set(struct trail_error *error, enum trail_error_code code, long os_code,
              const char *format, ...) TRAIL_PRINTF(4, 5);

/* Puts formatted context and ": " before the sentence that error holds. Always returns -1. */
int error_context(struct trail_error *error, const char *format, ...) TRAIL_PRINTF(2, 3);

#endif
