/* See roles.h. */
#include "roles.h"

#include "array.h"
#include "arguments.h"
#include "compare/model/grouped.h"
#include "likeness.h"

#include <stdlib.h>
#include <string.h>

/* A process as such, whatever the run: those that correspond are one. */
struct node {
    size_t first_child, next; /* the children of one parent in the order of their starts, or NONE */
    uint32_t image, arguments, signature; /* of the first run that has it */
    uint32_t role;
};

/* A process or a node while children of one parent are matched. */
struct child {
    uint32_t image, arguments;
    size_t position; /* among its like, in the order of their starts */
    size_t item;     /* of the processes, or of the nodes */
    bool is_left;
};

struct children {
    struct child *items;
    size_t count;
};

enum { NODE_OF_ALL, NODE_LAUNCHED };

struct matching {
    struct recordings *all;
    struct node *nodes;
    size_t node_count;
    /* of the run at hand */
    const struct recording *recording;
    size_t *node_of;      /* its processes' */
    uint32_t *signatures; /* of what its processes loaded */
    struct children nodes_left, left;
    struct likeness likeness;
};

static size_t add_node(struct matching *matching, const struct node *node)
{
    struct node *nodes = array_with_room(matching->nodes, matching->node_count, sizeof *nodes);

    if (nodes == NULL)
        return RECORDING_NONE;
    matching->nodes = nodes;
    nodes[matching->node_count] = *node;
    nodes[matching->node_count].first_child = RECORDING_NONE;
    return matching->node_count++;
}

static size_t parent_of(const void *recording, size_t process)
{
    size_t parent = ((const struct recording *)recording)->processes[process].parent;

    return process == 0 ? SIZE_MAX : parent == RECORDING_NONE ? 0 : parent + 1;
}

/* What a process loaded, in any order. */
static int sign(struct matching *matching)
{
    const struct recording *recording = matching->recording;

    free(matching->signatures);
    free(matching->node_of);
    matching->signatures = calloc(recording->process_count + 1, sizeof *matching->signatures);
    matching->node_of = calloc(recording->process_count + 1, sizeof *matching->node_of);
    if (matching->signatures == NULL || matching->node_of == NULL)
        return -1;
    for (size_t i = 0; i < recording->load_count; i++)
        if (recording->loads[i].process < recording->process_count)
            matching->signatures[recording->loads[i].process] +=
                (matching->all->modules[recording->loads[i].module].key + 1) * 2654435761U;
    return 0;
}

static int compare_children(const void *left, const void *right)
{
    const struct child *a = left, *b = right;

    if (a->image != b->image)
        return a->image < b->image ? -1 : 1;
    if (a->arguments != b->arguments)
        return a->arguments < b->arguments ? -1 : 1;
    return (a->position > b->position) - (a->position < b->position);
}

static int add_child(struct children *children, uint32_t image, uint32_t arguments, size_t item)
{
    struct child *items = array_with_room(children->items, children->count, sizeof *items);

    if (items == NULL)
        return -1;
    children->items = items;
    items[children->count] = (struct child){image, arguments, children->count, item, true};
    children->count++;
    return 0;
}

static int collect(struct matching *matching, size_t parent, const struct part *part)
{
    const struct recorded_process *processes = matching->recording->processes;

    matching->nodes_left.count = matching->left.count = 0;
    for (size_t i = matching->nodes[parent].first_child; i != RECORDING_NONE;
         i = matching->nodes[i].next)
        if (i != NODE_LAUNCHED && add_child(&matching->nodes_left, matching->nodes[i].image,
                                            matching->nodes[i].arguments, i) != 0)
            return -1;
    for (size_t i = 0; i < part->count; i++) {
        size_t process = part_at(part, i);
        if (add_child(&matching->left, processes[process].key, processes[process].arguments,
                      process) != 0)
            return -1;
    }
    return 0;
}

static struct like like_of(const struct matching *matching, size_t item, bool is_node)
{
    return is_node
               ? (struct like){matching->nodes[item].arguments, matching->nodes[item].signature, 0}
               : (struct like){matching->recording->processes[item].arguments,
                               matching->signatures[item], 0};
}

/* Those of one image, and as long as that goes of one list of arguments. */
static int match_alike(struct matching *matching, size_t a, size_t a_end, size_t b, size_t b_end)
{
    struct likeness *likeness = &matching->likeness;
    struct child *nodes = matching->nodes_left.items, *left = matching->left.items;

    if (likeness_init(likeness, a_end - a, b_end - b) != 0)
        return -1;
    for (size_t i = a; i < a_end; i++)
        likeness->a[i - a] = like_of(matching, nodes[i].item, true);
    for (size_t i = b; i < b_end; i++)
        likeness->b[i - b] = like_of(matching, left[i].item, false);
    if (likeness_match(likeness, matching->all) != 0)
        return -1;
    for (size_t i = b; i < b_end; i++) {
        size_t partner = likeness->partners[i - b];
        if (partner == RECORDING_NONE)
            continue;
        matching->node_of[left[i].item] = nodes[a + partner].item;
        left[i].is_left = nodes[a + partner].is_left = false;
    }
    return 0;
}

static bool is_like(const struct child *a, const struct child *b, bool by_arguments)
{
    return a->image == b->image && (!by_arguments || a->arguments == b->arguments);
}

static void keep_left(struct children *children, bool by_arguments)
{
    size_t kept = 0;

    for (size_t i = 0; i < children->count; i++)
        if (children->items[i].is_left) {
            children->items[kept] = children->items[i];
            children->items[kept].arguments =
                by_arguments ? children->items[kept].arguments : TEXT_NONE;
            kept++;
        }
    children->count = kept;
    if (kept > 0)
        qsort(children->items, kept, sizeof *children->items, compare_children);
}

/* Goes through both sides, group by group. */
static int match_groups(struct matching *matching, bool by_arguments)
{
    struct children *nodes = &matching->nodes_left, *left = &matching->left;
    int result = 0;

    keep_left(nodes, by_arguments);
    keep_left(left, by_arguments);
    for (size_t a = 0, b = 0; a < nodes->count && b < left->count && result == 0;) {
        size_t a_end = a, b_end = b;
        int order = is_like(&nodes->items[a], &left->items[b], by_arguments)
                        ? 0
                        : compare_children(&nodes->items[a], &left->items[b]);
        if (order != 0) {
            a += order < 0;
            b += order > 0;
            continue;
        }
        while (a_end < nodes->count &&
               is_like(&nodes->items[a], &nodes->items[a_end], by_arguments))
            a_end++;
        while (b_end < left->count && is_like(&left->items[b], &left->items[b_end], by_arguments))
            b_end++;
        /* where one has more, it is the order of all of that image that tells which is the one */
        if (!by_arguments || a_end - a == b_end - b)
            result = match_alike(matching, a, a_end, b, b_end);
        a = a_end;
        b = b_end;
    }
    return result;
}

/* What has no like becomes a node, behind that of the process that started before it. */
static int add_new(struct matching *matching, size_t parent, const struct part *part)
{
    size_t before = RECORDING_NONE;

    for (size_t i = 0; i < part->count; i++) {
        size_t process = part_at(part, i), *link;
        const struct recorded_process *of = &matching->recording->processes[process];
        if (matching->node_of[process] == NODE_OF_ALL) {
            size_t node =
                add_node(matching, &(struct node){.image = of->key,
                                                  .arguments = of->arguments,
                                                  .signature = matching->signatures[process]});
            if (node == RECORDING_NONE)
                return -1;
            link = before != RECORDING_NONE ? &matching->nodes[before].next
                                            : &matching->nodes[parent].first_child;
            matching->nodes[node].next = *link;
            *link = node;
            matching->node_of[process] = node;
        }
        before = matching->node_of[process];
    }
    return 0;
}

static int match_children(struct matching *matching, size_t parent, struct part part)
{
    if (part.count == 0)
        return 0;
    return collect(matching, parent, &part) != 0 || match_groups(matching, true) != 0 ||
                   match_groups(matching, false) != 0
               ? -1
               : add_new(matching, parent, &part);
}

/* Parents come before their children: processes are in the order of their starts. */
static int match_run(struct matching *matching, struct grouped *children)
{
    const struct recording *recording = matching->recording;
    int result =
        sign(matching) == 0 && grouped_init(children, recording->process_count + 1,
                                            recording->process_count, parent_of, recording) == 0
            ? match_children(matching, NODE_OF_ALL, grouped_part(children, 0))
            : -1;

    if (recording->process_count > 0)
        matching->node_of[0] = NODE_LAUNCHED;
    for (size_t i = 0; i < recording->process_count && result == 0; i++)
        result = match_children(matching, matching->node_of[i], grouped_part(children, i + 1));
    return result;
}

/* The first of an image is called by that, the others with a number, in the order of the runs. */
static void name_run(struct matching *matching, struct recording *recording, struct tuple_map *seen)
{
    struct recordings *all = matching->all;

    for (size_t i = 1; i < recording->process_count; i++) {
        struct node *node = &matching->nodes[matching->node_of[i]];
        uint32_t *number;
        if (node->role == TEXT_NONE) {
            number = tuple_map_at(seen, node->image, 0, 0);
            buffer_add_text(&all->scratch, node->image != TEXT_NONE
                                               ? recordings_text(all, node->image)
                                               : "process");
            if (++*number > 1)
                buffer_format(&all->scratch, "#%u", (unsigned)*number);
            node->role = recordings_scratch_text(all);
        }
        recording->processes[i].role = node->role;
    }
}

static int match_and_name(struct matching *matching, struct tuple_map *seen)
{
    int result = 0;

    arguments_find(matching->all);
    for (size_t r = 0; r < matching->all->count && result == 0; r++) {
        struct grouped children = {0};
        matching->recording = &matching->all->items[r];
        result = match_run(matching, &children);
        grouped_release(&children);
        if (result == 0)
            name_run(matching, &matching->all->items[r], seen);
    }
    return seen->failed ? -1 : result;
}

int roles_assign(struct recordings *recordings, struct trail_error *error)
{
    struct matching matching = {.all = recordings};
    struct tuple_map seen = {0};
    int result = -1;

    if (add_node(&matching, &(struct node){0}) != RECORDING_NONE &&
        add_node(&matching, &(struct node){0}) != RECORDING_NONE)
        result = match_and_name(&matching, &seen);
    free(matching.nodes);
    free(matching.node_of);
    free(matching.signatures);
    free(matching.nodes_left.items);
    free(matching.left.items);
    likeness_release(&matching.likeness);
    tuple_map_release(&seen);
    return result == 0 ? 0 : error_set(error, TRAIL_FAILED, 0, "out of memory");
}
