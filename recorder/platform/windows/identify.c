/*
 * Finding out what an image is from its file, on the writer thread, with the target running or
 * gone. See platform.h.
 */
#include "image_machine.h"

#include "image/api_sets.h"
#include "image/identity_cache.h"
#include "image/pe.h"
#include "platform.h"
#include "services/os_file.h"
#include "services/windows_api.h"

#include <stdlib.h>
#include <string.h>

/*
 * The system's API sets, which lie in every process; documented by those who have looked there.
 * They are the same for all processes. Not each version says how long it is: it ends where what is
 * mapped there ends.
 */
static struct api_sets own_api_sets(void)
{
    enum { MAP_AT = sizeof(void *) == 8 ? 0x68 : 0x38 };
    const char *(NTAPI * get_block)(void) =
        (const char *(NTAPI *)(void))windows_api_find(L"ntdll.dll", "RtlGetCurrentPeb");
    struct api_sets sets = {.schema = NULL};
    MEMORY_BASIC_INFORMATION region;

    if (get_block == NULL)
        return sets;
    memcpy(&sets.schema, get_block() + MAP_AT, sizeof sets.schema);
    if (sets.schema != NULL && VirtualQuery(sets.schema, &region, sizeof region) != 0)
        sets.size = (size_t)((const char *)region.BaseAddress + region.RegionSize -
                             (const char *)sets.schema);
    return sets;
}

static void identify_file(HANDLE file, struct module_identity *identity)
{
    struct image_source source = {.context = file, .read_at = os_file_read_at};
    LARGE_INTEGER size;

    if (!GetFileSizeEx(file, &size))
        return;
    identity->file_bytes = source.size = (uint64_t)size.QuadPart;
    pe_parse(&source, identity);
}

uint32_t identify_machine(const wchar_t *path)
{
    struct module_identity identity = {.machine = 0};
    HANDLE file = os_file_open_wide(path);

    if (file == INVALID_HANDLE_VALUE)
        return 0;
    identify_file(file, &identity);
    CloseHandle(file);
    return identity.machine;
}

/*
 * The event's own name for the image; "" if it has none, or one that is too long for an identity.
 */
struct image_name {
    char text[sizeof((struct module_identity *)NULL)->path];
};

static void get_name(const struct event *event, struct image_name *name)
{
    struct event_span span = event->image.path;
    size_t length = span.length < sizeof name->text ? span.length : 0;

    memcpy(name->text, event_bytes_at(event, span), length);
    name->text[length] = '\0';
}

/*
 * Neither volume nor number, which cost more than to read the file anew (200 us under Wine). A name
 * is not given twice while the image is mapped, and two times and a size tell what lay there before
 * from what lies there now.
 */
static bool get_stamp(HANDLE file, struct file_stamp *stamp)
{
    FILE_BASIC_INFO times;
    LARGE_INTEGER size;

    if (!GetFileSizeEx(file, &size) ||
        !GetFileInformationByHandleEx(file, FileBasicInfo, &times, sizeof times))
        return false;
    *stamp = (struct file_stamp){
        .bytes = (uint64_t)size.QuadPart,
        .modified = (uint64_t)times.LastWriteTime.QuadPart,
        .changed = (uint64_t)times.ChangeTime.QuadPart,
    };
    return true;
}

/* By what is remembered of it, else by a look into it. */
static void identify_named_file(HANDLE file, const struct image_name *name,
                                struct module_identity *identity)
{
    struct file_stamp stamp;
    struct api_sets sets;
    bool has_stamp = name->text[0] != '\0' && get_stamp(file, &stamp);
    const struct module_identity *known =
        has_stamp ? identity_cache_find(name->text, &stamp) : NULL;

    if (known != NULL) {
        identity_copy(identity, known);
        return;
    }
    os_file_show(file, identity->path, sizeof identity->path);
    identify_file(file, identity);
    sets = own_api_sets();
    api_sets_resolve(&sets, identity);
    if (has_stamp)
        identity_cache_remember(name->text, &stamp, identity);
}

void platform_discard(const struct event *event)
{
    if (event->image.file != 0)
        CloseHandle((HANDLE)event->image.file);
}

void platform_identify(const struct event *event, struct module_identity *identity)
{
    HANDLE file = (HANDLE)event->image.file;
    struct image_name name;

    get_name(event, &name);
    identity_clear(identity);
    identity->image_bytes = event->image.size;
    if (file == NULL)
        file = os_file_open_named(name.text, identity->path, sizeof identity->path);
    if (file == NULL || file == INVALID_HANDLE_VALUE)
        return;
    identify_named_file(file, &name, identity);
    CloseHandle(file);
}
