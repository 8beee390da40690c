/*
 * Marks and strings for Trail's records, for programs in C and C++. Copy this file; it needs
 * nothing else.
 *
 *     TRAIL_MARK("ready");     a point in time: `trailview summary` shows how long it took from one
 *                              to the next
 *     TRAIL_STRING(text);      a string for the record
 *
 * Both take a C string that lives until the call is over, in UTF-8.
 *
 * On Linux (x86-64, gcc or clang) each is a static probe, trail:mark or trail:string, in the format
 * of <sys/sdt.h>: one nop, and a note about it in the file, so that gdb, perf and bpftrace know it
 * too. In executables and shared libraries, static or not. On Windows each is a debug string
 * (OutputDebugString), and costs a look at a flag when there is no debugger. Elsewhere they do
 * nothing.
 */
#ifndef TRAIL_H
#define TRAIL_H

#if defined(_WIN32)

#ifdef __cplusplus
extern "C" {
#endif
__declspec(dllimport) int __stdcall IsDebuggerPresent(void);
__declspec(dllimport) void __stdcall OutputDebugStringA(const char *text);
#ifdef __cplusplus
}
#endif

/* The name is cut after 240 bytes. */
static inline void trail_mark(const char *name)
{
    char text[256] = "trail:mark ";
    unsigned used = 11;

    while (*name != '\0' && used < 251)
        text[used++] = *name++;
    text[used] = '\0';
    OutputDebugStringA(text);
}

#define TRAIL_MARK(name) (IsDebuggerPresent() ? trail_mark(name) : (void)0)
#define TRAIL_STRING(text) (IsDebuggerPresent() ? OutputDebugStringA(text) : (void)0)

#elif defined(__linux__) && defined(__x86_64__) && defined(__LP64__) && \
    (defined(__GNUC__) || defined(__clang__))

/*
 * The probe is a nop. Behind it stands, in a section that is never loaded, the note of version 3 of
 * the format: the nop's address, that of .stapsdt.base (from which tools see how far an image was
 * moved), no semaphore, provider, name, and where the argument is. The note belongs to the nop's
 * section group ("?"), so that an inline function that is left out takes it along. .note.trail is
 * loaded: from it a recorder knows, without opening any file, that there are probes.
 */
#define TRAIL_PROBE(probe, text)                                                    \
    __asm__ __volatile__(                                                           \
        "880: nop\n"                                                                \
        ".pushsection .note.stapsdt, \"?\", \"note\"\n"                             \
        ".balign 4\n"                                                               \
        ".4byte 882f - 881f, 884f - 883f, 3\n"                                      \
        "881: .asciz \"stapsdt\"\n"                                                 \
        "882: .balign 4\n"                                                          \
        "883: .8byte 880b, _.stapsdt.base, 0\n"                                     \
        ".asciz \"trail\"\n"                                                        \
        ".asciz \"" probe "\"\n"                                                    \
        ".asciz \"8@%%rax\"\n"                                                      \
        "884: .balign 4\n"                                                          \
        ".popsection\n"                                                             \
        ".ifndef _.stapsdt.base\n"                                                  \
        ".pushsection .stapsdt.base, \"aG\", \"progbits\", .stapsdt.base, comdat\n" \
        ".weak _.stapsdt.base\n"                                                    \
        ".hidden _.stapsdt.base\n"                                                  \
        "_.stapsdt.base: .space 1\n"                                                \
        ".size _.stapsdt.base, 1\n"                                                 \
        ".popsection\n"                                                             \
        ".endif\n"                                                                  \
        ".ifndef _.trail.note\n"                                                    \
        ".set _.trail.note, 1\n"                                                    \
        ".pushsection .note.trail, \"a\", \"note\"\n"                               \
        ".balign 4\n"                                                               \
        ".4byte 6, 0, 1\n"                                                          \
        ".asciz \"Trail\"\n"                                                        \
        ".balign 4\n"                                                               \
        ".popsection\n"                                                             \
        ".endif\n"                                                                  \
        :                                                                           \
        : "a"((const char *)(text))                                                 \
        : "memory")

#define TRAIL_MARK(name) TRAIL_PROBE("mark", name)
#define TRAIL_STRING(text) TRAIL_PROBE("string", text)

#else

#define TRAIL_MARK(name) ((void)(name))
#define TRAIL_STRING(text) ((void)(text))

#endif

#endif
