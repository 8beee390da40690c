/* Reading and writing a task's memory. */
#define _GNU_SOURCE
#include "memory.h"

#include <errno.h>
#include <linux/kcmp.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES_MAX = 17 };

size_t memory_read(pid_t pid, uint64_t address, void *buffer, size_t size)
{
    struct iovec local = {buffer, size};
    struct iovec remote = {(void *)(uintptr_t)address, size};
    ssize_t count = process_vm_readv(pid, &local, 1, &remote, 1, 0);

    return count > 0 ? (size_t)count : 0;
}

/* Each page is an iovec of its own: so a read ends before the first that is not mapped
 * (process_vm_readv(2)). */
size_t memory_read_up_to(pid_t pid, uint64_t address, void *buffer, size_t size)
{
    struct iovec local = {buffer, size}, remote[PAGES_MAX];
    unsigned count = 0;
    ssize_t copied;

    for (size_t done = 0, part; done < size && count < PAGES_MAX; done += part) {
        part = PAGE - (size_t)((address + done) % PAGE);
        part = part < size - done ? part : size - done;
        remote[count++] = (struct iovec){(void *)(uintptr_t)(address + done), part};
    }
    copied = process_vm_readv(pid, &local, 1, remote, count, 0);
    return copied > 0 ? (size_t)copied : 0;
}

bool memory_read_exactly(pid_t pid, uint64_t address, void *buffer, size_t size)
{
    return memory_read(pid, address, buffer, size) == size;
}

/*
 * A read never crosses into the next page before the string is known to go on there: that page may
 * not be mapped.
 */
size_t memory_read_string(pid_t pid, uint64_t address, char *buffer, size_t capacity)
{
    size_t length = 0;

    while (length < capacity - 1) {
        size_t chunk = PAGE - (address + length) % PAGE;
        size_t count;
        char *end;
        if (chunk > capacity - 1 - length)
            chunk = capacity - 1 - length;
        count = memory_read(pid, address + length, buffer + length, chunk);
        if (count == 0)
            break;
        end = memchr(buffer + length, '\0', count);
        if (end != NULL)
            return (size_t)(end - buffer);
        length += count;
    }
    buffer[length] = '\0';
    return length;
}

struct page {
    size_t length;
    unsigned char bytes[PAGE];
};

static size_t read_page(void *context, uint64_t offset, void *buffer, size_t size)
{
    const struct page *page = context;

    if (offset >= page->length)
        return 0;
    if (size > page->length - offset)
        size = page->length - (size_t)offset;
    memcpy(buffer, page->bytes + offset, size);
    return size;
}

int memory_read_head(pid_t pid, uint64_t base, struct elf_head *head)
{
    struct page page;
    struct image_source source = {&page, read_page, 0};

    source.size = page.length = memory_read(pid, base, page.bytes, sizeof page.bytes);
    return elf_read_head(&source, true, head);
}

size_t memory_read_name_and_head(pid_t pid, uint64_t address, char *name, size_t capacity,
                                 uint64_t base, struct elf_head *head, bool *has_head)
{
    enum { SHORT_NAME = 256 };
    struct page page;
    struct image_source source = {&page, read_page, 0};
    size_t part = PAGE - address % PAGE;
    struct iovec local[2], remote[2];
    ssize_t count;

    part = part < SHORT_NAME ? part : SHORT_NAME;
    part = part < capacity ? part : capacity;
    local[0] = (struct iovec){name, part};
    remote[0] = (struct iovec){(void *)(uintptr_t)address, part};
    local[1] = (struct iovec){page.bytes, sizeof page.bytes};
    remote[1] = (struct iovec){(void *)(uintptr_t)base, sizeof page.bytes};
    count = process_vm_readv(pid, local, 2, remote, 2, 0);
    if (count <= (ssize_t)part || memchr(name, '\0', part) == NULL) {
        *has_head = memory_read_head(pid, base, head) == 0;
        return memory_read_string(pid, address, name, capacity);
    }
    source.size = page.length = (size_t)count - part;
    *has_head = elf_read_head(&source, true, head) == 0;
    return strlen(name);
}

bool memory_is_shared(pid_t a, pid_t b)
{
    return syscall(SYS_kcmp, a, b, KCMP_VM, 0, 0) == 0;
}

static int poke_word(pid_t tid, uint64_t address, const unsigned char *bytes, unsigned count,
                     unsigned char *old)
{
    void *word_address = (void *)(uintptr_t)(address & ~(uint64_t)7);
    unsigned char word[sizeof(long)];
    long value;

    errno = 0;
    value = ptrace(PTRACE_PEEKTEXT, tid, word_address, NULL);
    if (errno != 0)
        return -1;
    memcpy(word, &value, sizeof word);
    if (old != NULL)
        memcpy(old, word + (address & 7), count);
    memcpy(word + (address & 7), bytes, count);
    memcpy(&value, word, sizeof word);
    return ptrace(PTRACE_POKETEXT, tid, word_address, (void *)value) == 0 ? 0 : -1;
}

/*
 * Of a task that cannot be stopped, since it waits for its vfork child: ptrace's own request wants
 * it stopped.
 */
static int write_running(pid_t tid, uint64_t address, const unsigned char *bytes, unsigned count,
                         unsigned char *old)
{
    char path[64];
    ssize_t written;
    int file;

    if (old != NULL && !memory_read_exactly(tid, address, old, count))
        return -1;
    snprintf(path, sizeof path, "/proc/%d/mem", (int)tid);
    file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    written = pwrite(file, bytes, count, (off_t)address);
    close(file);
    return written == (ssize_t)count ? 0 : -1;
}

int memory_poke(pid_t tid, uint64_t address, const unsigned char *bytes, unsigned count,
                unsigned char *old)
{
    for (unsigned done = 0, part; done < count; done += part) {
        part = (unsigned)(sizeof(long) - (address + done) % sizeof(long));
        part = part < count - done ? part : count - done;
        if (poke_word(tid, address + done, bytes + done, part, old == NULL ? NULL : old + done) !=
            0)
            return done == 0 && errno == ESRCH ? write_running(tid, address, bytes, count, old)
                                               : -1;
    }
    return 0;
}
