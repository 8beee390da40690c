/* See curl_loaded.h. */
#include "curl_loaded.h"

#ifdef _WIN32

int curl_load(struct trail_error *error)
{
    (void)error;
    return 0;
}

#else

#include <dlfcn.h>
#include <stdbool.h>

struct curl_functions curl_loaded;

int curl_load(struct trail_error *error)
{
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    bool is_whole = library != NULL;

#define LOOK_UP(name) \
    is_whole = is_whole && (*(void **)&curl_loaded.name = dlsym(library, "curl_" #name)) != NULL;
    CURL_FUNCTIONS(LOOK_UP)
#undef LOOK_UP
    return is_whole ? 0
                    : error_set(error, TRAIL_FAILED, 0,
                                "cannot load libcurl, which asks servers: %s", dlerror());
}

#endif
