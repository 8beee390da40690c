/*
 * The loader's list of what is loaded (struct r_debug and struct link_map of <link.h>), compared
 * with what was there at the last look. Consistent lists only: while r_state is RT_ADD or RT_DELETE
 * the loader is in the middle of a change. dlmopen's namespaces hang behind the first as r_next
 * (glibc, r_version >= 2). The lists are the target's memory, so every walk is bounded.
 *
 * The known nodes are read in one call, however many they are; only what is new costs a call each.
 */
#define _GNU_SOURCE
#include "loader/link_map.h"

#include "loader/probes.h"
#include "memory.h"
#include "proc.h"

#include <link.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    NAMESPACES_MAX = 16,
    NODES_PER_READ = 256,
    FIRST_CAPACITY = 64,
    LOADED_MAX = 4096, /* modules followed per process; more are not observed */
    STAGED_BYTES = 512 * 1024
};

/* A load or unload found at the stop that is being handled. */
struct link_change {
    bool is_load;
    uint64_t base;
    uint32_t link_namespace;
    uint32_t name_offset, name_length; /* in the staging buffer */
    uint64_t span_bytes;
    unsigned char build_id[ELF_BUILD_ID_MAX];
    unsigned build_id_bytes;
};

/* The part of struct link_map that is public, in the target. glibc and musl begin alike. */
struct node {
    uint64_t base, name, dynamic, next, previous;
};

/* struct r_debug_extended of glibc >= 2.35; musl and older glibc have it without r_next. */
struct debug_interface {
    int32_t version, padding;
    uint64_t map, brk;
    int32_t state, padding2;
    uint64_t loader_base, next;
};

static bool reserve_loaded(struct process *process, unsigned needed)
{
    unsigned capacity = process->loaded_capacity ? process->loaded_capacity : FIRST_CAPACITY;
    struct loaded *loaded;

    if (needed <= process->loaded_capacity)
        return true;
    while (capacity < needed)
        capacity *= 2;
    loaded = needed > LOADED_MAX ? NULL : realloc(process->loaded, capacity * sizeof *loaded);
    if (loaded == NULL)
        return false;
    process->loaded = loaded;
    process->loaded_capacity = capacity;
    return true;
}

static bool is_same(const struct loaded *loaded, const struct node *node)
{
    return loaded->base == node->base && loaded->dynamic == node->dynamic &&
           loaded->name == node->name;
}

/* What was read ahead, in one call: the first interface and the first known nodes. */
struct ahead {
    bool has_interface;
    unsigned node_count; /* of those in nodes */
    struct debug_interface interface;
    struct node nodes[NODES_PER_READ];
};

static size_t interface_bytes(const struct process *process)
{
    return process->musl_debug_pointer == 0 ? sizeof(struct debug_interface)
                                            : offsetof(struct debug_interface, next);
}

static void read_ahead(const struct process *process, struct ahead *ahead)
{
    struct iovec local[1 + NODES_PER_READ], remote[1 + NODES_PER_READ];
    size_t head = interface_bytes(process);
    unsigned count = 0;
    ssize_t bytes;

    ahead->has_interface = false;
    ahead->node_count = 0;
    if (process->r_debug == 0)
        return;
    local[0] = (struct iovec){&ahead->interface, head};
    remote[0] = (struct iovec){(void *)(uintptr_t)process->r_debug, head};
    while (count < process->loaded_count && count < NODES_PER_READ) {
        local[1 + count] = (struct iovec){&ahead->nodes[count], sizeof(struct node)};
        remote[1 + count] =
            (struct iovec){(void *)(uintptr_t)process->loaded[count].node, sizeof(struct node)};
        count++;
    }
    ahead->interface.next = 0;
    bytes = process_vm_readv(process->memory_tid, local, 1 + count, remote, 1 + count, 0);
    ahead->has_interface = bytes >= (ssize_t)head;
    if (ahead->has_interface)
        ahead->node_count = (unsigned)(((size_t)bytes - head) / sizeof(struct node));
}

/*
 * Has the known nodes from index `first` on in ahead->nodes, read in one call if they are not there
 * yet. Returns how many.
 */
static unsigned read_known(const struct process *process, struct ahead *ahead, unsigned first)
{
    struct iovec local[NODES_PER_READ], remote[NODES_PER_READ];
    unsigned count = first == 0 ? ahead->node_count : 0;
    ssize_t bytes;

    ahead->node_count = 0; /* used, or about to be written over */
    if (count > 0)
        return count;
    while (first + count < process->loaded_count && count < NODES_PER_READ) {
        local[count] = (struct iovec){&ahead->nodes[count], sizeof(struct node)};
        remote[count] = (struct iovec){(void *)(uintptr_t)process->loaded[first + count].node,
                                       sizeof(struct node)};
        count++;
    }
    bytes = count == 0 ? 0 : process_vm_readv(process->memory_tid, local, count, remote, count, 0);
    return bytes > 0 ? (unsigned)((size_t)bytes / sizeof(struct node)) : 0;
}

/*
 * Marks as seen those known nodes from index `first` on that are unchanged and still follow one
 * another from *node on. Returns the index after the last one marked; *node is then what follows
 * it.
 */
static unsigned follow_known(struct process *process, struct ahead *ahead, unsigned first,
                             uint32_t link_namespace, uint64_t *node)
{
    unsigned count = read_known(process, ahead, first), at = first;

    for (; at < first + count; at++) {
        struct loaded *loaded = &process->loaded[at];
        const struct node *current = &ahead->nodes[at - first];
        if (loaded->node != *node || loaded->link_namespace != link_namespace ||
            !is_same(loaded, current))
            break;
        loaded->seen = true;
        *node = current->next;
    }
    return at;
}

static struct loaded *find_known(struct process *process, uint64_t address, uint32_t link_namespace,
                                 const struct node *node, unsigned known)
{
    for (unsigned i = 0; i < known; i++)
        if (process->loaded[i].node == address &&
            process->loaded[i].link_namespace == link_namespace &&
            is_same(&process->loaded[i], node))
            return &process->loaded[i];
    return NULL;
}

/*
 * The program itself and the vdso were not loaded by the loader; in a dlmopen namespace the loader
 * stands again, as a proxy.
 */
static bool is_no_load(const struct process *process, const struct node *node,
                       uint32_t link_namespace)
{
    if (node->dynamic == process->image_dynamic ||
        (process->vdso_base != 0 && node->base == process->vdso_base))
        return true;
    for (unsigned i = 0; link_namespace > 0 && i < process->loaded_count; i++)
        if (process->loaded[i].base == node->base && process->loaded[i].dynamic == node->dynamic)
            return true;
    return false;
}

static struct link_change *add_change(struct link_changes *changes, bool is_load,
                                      const struct loaded *loaded)
{
    struct link_change *change;

    if (changes->count == 2 * LOADED_MAX)
        return NULL;
    change = &changes->found[changes->count++];
    memset(change, 0, sizeof *change);
    change->is_load = is_load;
    change->base = loaded->base;
    change->link_namespace = loaded->link_namespace;
    return change;
}

static uint32_t find_name(const struct process *process, uint64_t base, char *name)
{
    struct proc_mapping mapping;

    if (!proc_mapping_at(process->memory_tid, base, &mapping) || mapping.length >= NAME_BYTES_MAX)
        return 0;
    memcpy(name, mapping.path, mapping.length + 1);
    return (uint32_t)mapping.length;
}

static void add_load(struct link_changes *changes, const struct process *processes,
                     struct process *process, const struct loaded *loaded)
{
    struct link_change *change = add_change(changes, true, loaded);
    size_t room = STAGED_BYTES - changes->staged_bytes;
    char *name = changes->staged + changes->staged_bytes;
    struct probed_image image = {.base = loaded->base};
    bool has_head;

    if (change == NULL)
        return;
    changes->loads++;
    change->name_offset = changes->staged_bytes;
    if (room > NAME_BYTES_MAX) {
        change->name_length = (uint32_t)memory_read_name_and_head(
            process->memory_tid, loaded->name, name, NAME_BYTES_MAX, loaded->base, &image.head,
            &has_head);
        if (change->name_length == 0) /* the program of `ld.so ./program` has an empty name */
            change->name_length = find_name(process, loaded->base, name);
        changes->staged_bytes += change->name_length;
    } else {
        has_head = memory_read_head(process->memory_tid, loaded->base, &image.head) == 0;
    }
    if (!has_head)
        return;
    change->span_bytes = image.head.span_bytes;
    change->build_id_bytes = image.head.build_id_bytes;
    memcpy(change->build_id, image.head.build_id, image.head.build_id_bytes);
    if (change->name_length == 0)
        return;
    image.name = changes->staged + change->name_offset;
    image.moved = change->base - image.head.first_address;
    probes_add(processes, process, &image);
}

/* Walks one namespace from `node` on. New entries are appended behind the known ones. */
static void walk_namespace(struct process *process, struct ahead *ahead, uint64_t address,
                           uint32_t link_namespace, unsigned known)
{
    unsigned first = 0;
    struct node node;

    while (first < known && process->loaded[first].link_namespace != link_namespace)
        first++;
    for (unsigned steps = 0; address != 0 && steps < LOADED_MAX; steps++) {
        struct loaded *loaded;
        if (first < known) {
            unsigned next = follow_known(process, ahead, first, link_namespace, &address);
            first = next > first ? next : known;
            if (address == 0)
                return;
            if (first < known)
                continue;
        }
        if (!memory_read_exactly(process->memory_tid, address, &node, sizeof node))
            return;
        loaded = find_known(process, address, link_namespace, &node, known);
        if (loaded != NULL) {
            loaded->seen = true;
        } else {
            if (!reserve_loaded(process, process->loaded_count + 1))
                return;
            loaded = &process->loaded[process->loaded_count];
            *loaded = (struct loaded){address,        node.base, node.dynamic, node.name,
                                      link_namespace, false,     true};
            loaded->ignored = is_no_load(process, &node, link_namespace);
            process->loaded_count++;
        }
        address = node.next;
    }
}

/*
 * Drops the known entries that are gone, as unloads in the order of the old list. Returns how many
 * known ones are left.
 */
static unsigned drop_unseen(struct link_changes *changes, struct process *process, unsigned known)
{
    unsigned kept = 0, kept_known = 0;

    for (unsigned i = 0; i < process->loaded_count; i++) {
        if (process->loaded[i].seen) {
            process->loaded[kept++] = process->loaded[i];
        } else if (!process->loaded[i].ignored) {
            probes_forget(process, process->loaded[i].base);
            add_change(changes, false, &process->loaded[i]);
        }
        if (i < known)
            kept_known = kept;
    }
    process->loaded_count = kept;
    return kept_known;
}

static bool read_interface(const struct process *process, const struct ahead *ahead,
                           uint64_t address, struct debug_interface *interface)
{
    if (ahead->has_interface && address == process->r_debug) {
        *interface = ahead->interface;
        return true;
    }
    interface->next = 0;
    return address != 0 &&
           memory_read_exactly(process->memory_tid, address, interface, interface_bytes(process));
}

/* All namespaces' interfaces; 0 if any is in the middle of a change, unless that is no matter. */
static unsigned read_interfaces(struct process *process, const struct ahead *ahead, bool unfinished,
                                struct debug_interface *interfaces)
{
    uint64_t address = process->r_debug;
    unsigned count = 0;

    if (address == 0 && process->musl_debug_pointer != 0 &&
        memory_read_exactly(process->memory_tid, process->musl_debug_pointer, &address,
                            sizeof address))
        process->r_debug = address;
    while (address != 0 && count < NAMESPACES_MAX) {
        struct debug_interface *interface = &interfaces[count];
        if (!read_interface(process, ahead, address, interface) ||
            (interface->state != RT_CONSISTENT && !unfinished))
            return 0;
        count++;
        address = interface->version >= 2 ? interface->next : 0;
    }
    return count;
}

int link_map_begin(struct link_changes *changes)
{
    changes->found = calloc(2 * LOADED_MAX, sizeof *changes->found);
    changes->staged = malloc(STAGED_BYTES);
    return changes->found == NULL || changes->staged == NULL ? -1 : 0;
}

void link_map_end(struct link_changes *changes)
{
    free(changes->found);
    free(changes->staged);
}

void link_map_clear(struct link_changes *changes)
{
    changes->count = changes->next = changes->loads = changes->staged_bytes = 0;
    changes->unreadable = false;
}

bool link_map_is_starting(const struct process *process)
{
    return process->observation >= OBSERVED_BUT_FAILURES && !process->started && !process->muted;
}

/*
 * The loader writes the program's DT_DEBUG when the libraries of LD_AUDIT are loaded and those of
 * the program are not (glibc's rtld.c).
 */
static bool has_started(const struct process *process)
{
    uint64_t value = 0;

    return process->started || process->debug_entry == 0 ||
           !memory_read_exactly(process->memory_tid, process->debug_entry, &value, sizeof value) ||
           value != 0;
}

/* The loader leaves its own list where nothing needs it, but it is mapped. */
static void add_lone_loader(struct link_changes *changes, const struct process *processes,
                            struct process *process)
{
    const struct loaded loader = {.base = process->loader_base};

    for (unsigned i = 0; i < process->loaded_count; i++)
        if (!process->loaded[i].ignored && process->loaded[i].link_namespace == 0)
            return;
    if (process->loader_base != 0)
        add_load(changes, processes, process, &loader);
}

static void find_and_plant(struct link_changes *changes, const struct process *processes,
                           struct process *process, bool unfinished)
{
    struct debug_interface interfaces[NAMESPACES_MAX];
    unsigned count, known = process->loaded_count;
    struct ahead ahead;
    bool starts;

    link_map_clear(changes);
    read_ahead(process, &ahead);
    changes->unreadable = process->r_debug != 0 && !ahead.has_interface;
    count = read_interfaces(process, &ahead, unfinished, interfaces); /* finds musl's r_debug */
    if (count == 0 || interfaces[0].map == 0)
        return;
    for (unsigned i = 0; i < known; i++)
        process->loaded[i].seen = false;
    for (unsigned i = 0; i < count; i++)
        walk_namespace(process, &ahead, interfaces[i].map, i, known);
    changes->load_phase = process->replaying ? LOAD_PHASE_ATTACH
                          : process->started ? LOAD_PHASE_RUNTIME
                                             : LOAD_PHASE_STARTUP;
    starts = !unfinished && !process->started && has_started(process);
    process->started |= starts;
    process->replaying = false;
    for (unsigned i = drop_unseen(changes, process, known); i < process->loaded_count; i++)
        if (!process->loaded[i].ignored)
            add_load(changes, processes, process, &process->loaded[i]);
    if (starts)
        add_lone_loader(changes, processes, process);
    if (changes->loads > 0)
        changes->view = image_path_view(process);
}

void link_map_find_and_plant(struct link_changes *changes, const struct process *processes,
                             struct process *process)
{
    find_and_plant(changes, processes, process, false);
}

void link_map_find_unfinished(struct link_changes *changes, const struct process *processes,
                              struct process *process)
{
    find_and_plant(changes, processes, process, true);
}

size_t link_map_first_new(const struct process *process, char *path, size_t capacity)
{
    unsigned last = process->loaded_count;
    struct node node;

    while (last > 0 && process->loaded[last - 1].link_namespace != 0)
        last--;
    if (last == 0 || !process->started ||
        !memory_read_exactly(process->memory_tid, process->loaded[last - 1].node, &node,
                             sizeof node) ||
        node.next == 0 || !memory_read_exactly(process->memory_tid, node.next, &node, sizeof node))
        return 0;
    return memory_read_string(process->memory_tid, node.name, path, capacity);
}

void link_map_copy(struct process *child, const struct process *parent)
{
    child->loaded_count = 0;
    if (!reserve_loaded(child, parent->loaded_count))
        return;
    if (parent->loaded_count > 0 && child->loaded != parent->loaded)
        memcpy(child->loaded, parent->loaded, parent->loaded_count * sizeof *child->loaded);
    child->loaded_count = parent->loaded_count;
}

static void put_load(const struct link_changes *changes, const struct process *process,
                     const struct link_change *change, struct event *event)
{
    event_set(event, FIELD(LOAD_DLL, base), change->base);
    event_set(event, FIELD(LOAD_DLL, load_phase), changes->load_phase);
    event_set(event, FIELD(LOAD_DLL, time_source),
              changes->loads > 1 ? TIME_SOURCE_BATCH : TIME_SOURCE_STOP);
    if (change->link_namespace != 0)
        event_set(event, FIELD(LOAD_DLL, link_namespace), change->link_namespace);
    image_path_put(process, changes->view, change->base, changes->staged + change->name_offset,
                   change->name_length, event);
    event->image.size = change->span_bytes;
    event->image.build_id = event_put_bytes(event, change->build_id, change->build_id_bytes);
}

bool link_map_next_event(struct link_changes *changes, const struct process *process, uint64_t t_ns,
                         struct event *event)
{
    const struct link_change *change;

    if (changes->next == changes->count)
        return false;
    change = &changes->found[changes->next++];
    event_begin(event, change->is_load ? EVENT_LOAD_DLL : EVENT_UNLOAD_DLL, (uint32_t)process->pid,
                (uint32_t)process->memory_tid, t_ns);
    if (change->is_load)
        put_load(changes, process, change, event);
    else
        event_set(event, FIELD(UNLOAD_DLL, base), change->base);
    event->synthetic = changes->load_phase == LOAD_PHASE_ATTACH;
    event->more = changes->next < changes->count;
    return true;
}
