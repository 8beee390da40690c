/*
 * Patterns of paths and of names: a line, then what is matched. A name that is written as a pattern
 * matches itself, and no pattern takes long.
 */
#include "fuzz.h"
#include "rules/path_glob.h"
#include "rules/write.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES_AT_MOST = 1000 };

static void expect_itself(const char *path)
{
    struct buffer glob = {0};

    rule_write_glob(&glob, path);
    FUZZ_EXPECT(text_glob(buffer_text(&glob), path, false));
    FUZZ_EXPECT(text_glob(buffer_text(&glob), path, true));
    FUZZ_EXPECT(path_glob(buffer_text(&glob), path, false));
    FUZZ_EXPECT(path_glob(buffer_text(&glob), path, true));
    buffer_release(&glob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *glob, *path;
    size_t used = size < BYTES_AT_MOST ? size : BYTES_AT_MOST;

    glob = malloc(used + 1);
    FUZZ_EXPECT(glob != NULL);
    memcpy(glob, data, used);
    glob[used] = '\0';
    if ((path = strchr(glob, '\n')) == NULL)
        path = glob + strlen(glob);
    else
        *path++ = '\0';
    /* with case ignored, what is not in a set is less */
    if (strstr(glob, "[!") == NULL && strstr(glob, "[^") == NULL) {
        FUZZ_EXPECT(!path_glob(glob, path, false) || path_glob(glob, path, true));
        FUZZ_EXPECT(!text_glob(glob, path, false) || text_glob(glob, path, true));
    }
    FUZZ_EXPECT(path_glob("**", path, false));
    expect_itself(path);
    free(glob);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    static const char *const seeds[] = {
        "{system}/**\n{system}/perl/5.36/auto",      "**/lib?[a-c]*/x.so\n/usr/libxbyy/x.so",
        "**/**/a*b*c*[!d]\n/a/aaabbbccce/abce",      "[*][?][[]\n*?[",
        "C:\\Pro*\\[S]hop\nc:\\program files\\shop", "\xC3\x84*.dll\n\xC3\xA4pfel.dll\xFF",
    };
    size_t size = number < sizeof seeds / sizeof seeds[0] ? strlen(seeds[number]) : 0;

    if (size > room)
        return 0;
    memcpy(out, size > 0 ? seeds[number] : "", size);
    return size;
}
