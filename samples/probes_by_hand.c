/*
 * Probes as <sys/sdt.h> makes them, with their argument in all the places where compilers leave it,
 * and one with a semaphore: the program makes that one only if somebody listens. Strings that end
 * where memory does, with their NUL and without.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/* A note as <sys/sdt.h> writes it; `where` is the argument's description. */
#define PROBE(name, semaphore, where)                 \
    "990: nop\n"                                      \
    ".pushsection .note.stapsdt, \"\", \"note\"\n"    \
    ".balign 4\n"                                     \
    ".4byte 992f - 991f, 994f - 993f, 3\n"            \
    "991: .asciz \"stapsdt\"\n"                       \
    "992: .balign 4\n"                                \
    "993: .8byte 990b, 0, " semaphore "\n"            \
    ".asciz \"trail\", \"" name "\", \"" where "\"\n" \
    "994: .balign 4\n"                                \
    ".popsection\n"

enum { PAGE_BYTES = 4096 };

static volatile unsigned short listeners __asm__("sample_listeners")
    __attribute__((section(".probes"), used));
static const char *volatile by_symbol __asm__("sample_by_symbol")
    __attribute__((used)) = "by symbol";
static const char *volatile table[4] __asm__("sample_table")
    __attribute__((used)) = {"", "", "by symbol and offset", ""};

static void at_the_edge(void)
{
    char *pages =
        mmap(NULL, 2 * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED || munmap(pages + PAGE_BYTES, PAGE_BYTES) != 0)
        return;
    memcpy(pages + PAGE_BYTES - 6, "edge!", 6);
    __asm__ volatile(PROBE("string", "0", "8@%%rax") : : "a"(pages + PAGE_BYTES - 6) : "memory");
    memcpy(pages + PAGE_BYTES - 3, "cut", 3);
    __asm__ volatile(PROBE("string", "0", "8@%%rax") : : "a"(pages + PAGE_BYTES - 3) : "memory");
}

int main(void)
{
    register const char *last __asm__("r11") = "in r11";
    const char *on_stack[4] = {"", "in memory", "", "by index"};

    __asm__ volatile(PROBE("mark", "0", "8@%%r11") : : "r"(last) : "memory");
    __asm__ volatile(PROBE("mark", "0", "8@8(%%rcx)") : : "c"(on_stack) : "memory");
    __asm__ volatile(PROBE("mark", "0", "8@-8(%%rcx,%%rdx,8)")
                     :
                     : "c"(on_stack), "d"(4L)
                     : "memory");
    __asm__ volatile(PROBE("mark", "0", "8@sample_by_symbol(%%rip)") : : : "memory");
    __asm__ volatile(PROBE("mark", "0", "8@16+sample_table(%%rip) 8@%%rax") : : : "memory");
    __asm__ volatile(PROBE("string", "0", "-4@$-1") : : : "memory");
    __asm__ volatile(PROBE("string", "0", "8f@%%xmm0") : : : "memory");
    if (listeners > 0)
        __asm__ volatile(PROBE("mark", "sample_listeners", "8@%%rax")
                         :
                         : "a"("somebody listens")
                         : "memory");
    at_the_edge();
    puts("done");
    return 0;
}

// EXPECT: Mark name="in r11"
// EXPECT: Mark name="in memory"
// EXPECT: Mark name="by index"
// EXPECT: Mark name="by symbol"
// EXPECT: Mark name="by symbol and offset"
// EXPECT: OutputDebugString text= raw_bytes=0 truncated=1
// EXPECT: Mark name="somebody listens"
// EXPECT-COUNT: Mark = 6
// EXPECT: OutputDebugString text=edge! truncated=0
// EXPECT: OutputDebugString text=cut raw_bytes=3 truncated=1
// EXPECT-COUNT: OutputDebugString = 3
// EXPECT-EXIT: 0
