/*
 * libcurl, loaded when a server is asked: to load it and what it needs takes several times as long
 * as all that most commands do. Calls look as ever. On Windows it is linked.
 */
#ifndef TRAIL_CURL_LOADED_H
#define TRAIL_CURL_LOADED_H

#include "error.h"

#define CURL_DISABLE_TYPECHECK /* which are macros in the place of functions */
#include <curl/curl.h>

/* Main thread. Fails, with one sentence, where there is no libcurl; repeated calls cost nothing. */
int curl_load(struct trail_error *error);

#ifndef _WIN32

#undef curl_easy_getinfo
#undef curl_easy_setopt

#define CURL_FUNCTIONS(X) \
    X(easy_cleanup)       \
    X(easy_escape)        \
    X(easy_getinfo)       \
    X(easy_init)          \
    X(easy_perform)       \
    X(easy_reset)         \
    X(easy_setopt)        \
    X(easy_strerror)      \
    X(free)               \
    X(slist_append)       \
    X(slist_free_all)

struct curl_functions {
#define DECLARE(name) __typeof__(curl_##name) *name;
    CURL_FUNCTIONS(DECLARE)
#undef DECLARE
};

/* All NULL before curl_load. */
extern struct curl_functions curl_loaded;

#define curl_easy_cleanup curl_loaded.easy_cleanup
#define curl_easy_escape curl_loaded.easy_escape
#define curl_easy_getinfo curl_loaded.easy_getinfo
#define curl_easy_init curl_loaded.easy_init
#define curl_easy_perform curl_loaded.easy_perform
#define curl_easy_reset curl_loaded.easy_reset
#define curl_easy_setopt curl_loaded.easy_setopt
#define curl_easy_strerror curl_loaded.easy_strerror
#define curl_free curl_loaded.free
#define curl_slist_append curl_loaded.slist_append
#define curl_slist_free_all curl_loaded.slist_free_all

#endif

#endif
