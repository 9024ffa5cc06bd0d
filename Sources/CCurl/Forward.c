#define _GNU_SOURCE 1
#include "CCurl.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>

// libcurl brings some forty libraries along, and loading them takes as long as everything else a start does. So it is
// not linked: the functions called from Swift are these, which load it when it is first needed.

static void *library;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/// Without libcurl nothing can be asked of any server. `exit` leaves the terminal as it was found.
static void give_up(const char *what) {
    fprintf(stderr, "pitwall: libcurl cannot be used: %s\n    Install it: apt-get install libcurl4\n", what);
    exit(3);
}

static void load(void) {
    library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libcurl.so", RTLD_NOW | RTLD_LOCAL);
    if (!library) give_up(dlerror());
}

static void *find(_Atomic(void *) *known, const char *name) {
    void *place = atomic_load_explicit(known, memory_order_acquire);
    if (place) return place;
    pthread_once(&once, load);
    place = dlsym(library, name);
    if (!place) give_up(name);
    atomic_store_explicit(known, place, memory_order_release);
    return place;
}

#define REAL(name)                \
    static _Atomic(void *) known; \
    __typeof__(&name) real = (__typeof__(&name))find(&known, #name)
#define FORWARD(result, name, parameters, arguments) \
    result name parameters {                         \
        REAL(name);                                  \
        return real arguments;                       \
    }
#define FORWARD_VOID(name, parameters, arguments) \
    void name parameters {                        \
        REAL(name);                               \
        real arguments;                           \
    }

FORWARD(CURLcode, curl_global_init, (long flags), (flags))
FORWARD(CURL *, curl_easy_init, (void), ())
FORWARD_VOID(curl_easy_cleanup, (CURL * h), (h))
FORWARD_VOID(curl_easy_reset, (CURL * h), (h))
FORWARD(const char *, curl_easy_strerror, (CURLcode c), (c))
FORWARD_VOID(curl_free, (void *p), (p))
FORWARD(CURLM *, curl_multi_init, (void), ())
FORWARD(CURLMcode, curl_multi_cleanup, (CURLM * m), (m))
FORWARD(CURLMcode, curl_multi_add_handle, (CURLM * m, CURL *h), (m, h))
FORWARD(CURLMcode, curl_multi_remove_handle, (CURLM * m, CURL *h), (m, h))
FORWARD(CURLMsg *, curl_multi_info_read, (CURLM * m, int *left), (m, left))
FORWARD(CURLMcode, curl_multi_perform, (CURLM * m, int *running), (m, running))
FORWARD(CURLMcode, curl_multi_poll, (CURLM * m, struct curl_waitfd fds[], unsigned count, int timeout, int *ready),
        (m, fds, count, timeout, ready))
FORWARD(CURLMcode, curl_multi_wakeup, (CURLM * m), (m))
FORWARD(struct curl_slist *, curl_slist_append, (struct curl_slist * list, const char *text), (list, text))
FORWARD_VOID(curl_slist_free_all, (struct curl_slist * list), (list))
FORWARD(CURLU *, curl_url, (void), ())
FORWARD_VOID(curl_url_cleanup, (CURLU * u), (u))
FORWARD(CURLUcode, curl_url_set, (CURLU * u, CURLUPart part, const char *text, unsigned flags), (u, part, text, flags))
#if LIBCURL_VERSION_NUM >= 0x080000
#define CONST_SINCE_8 const
#else
#define CONST_SINCE_8
#endif
FORWARD(CURLUcode, curl_url_get, (CONST_SINCE_8 CURLU * u, CURLUPart part, char **text, unsigned flags),
        (u, part, text, flags))

// Called by Foundation's networking, which comes with the demo's servers and is not used.
FORWARD(CURLcode, curl_easy_pause, (CURL * h, int what), (h, what))
FORWARD(CURLMcode, curl_multi_assign, (CURLM * m, curl_socket_t s, void *context), (m, s, context))
FORWARD(CURLMcode, curl_multi_socket_action, (CURLM * m, curl_socket_t s, int events, int *running),
        (m, s, events, running))
FORWARD(char *, curl_version, (void), ())
FORWARD(curl_version_info_data *, curl_version_info, (CURLversion age), (age))

// The type of the argument stands in the option's number.

CURLcode curl_easy_setopt(CURL *h, CURLoption option, ...) {
    REAL(curl_easy_setopt);
    CURLcode code;
    va_list rest;
    va_start(rest, option);
    if (option < CURLOPTTYPE_OBJECTPOINT)
        code = real(h, option, va_arg(rest, long));
    else if (option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB)
        code = real(h, option, va_arg(rest, curl_off_t));
    else
        code = real(h, option, va_arg(rest, void *));
    va_end(rest);
    return code;
}

CURLMcode curl_multi_setopt(CURLM *m, CURLMoption option, ...) {
    REAL(curl_multi_setopt);
    CURLMcode code;
    va_list rest;
    va_start(rest, option);
    if (option < (CURLMoption)CURLOPTTYPE_OBJECTPOINT)
        code = real(m, option, va_arg(rest, long));
    else if (option >= (CURLMoption)CURLOPTTYPE_OFF_T)
        code = real(m, option, va_arg(rest, curl_off_t));
    else
        code = real(m, option, va_arg(rest, void *));
    va_end(rest);
    return code;
}

CURLcode curl_easy_getinfo(CURL *h, CURLINFO info, ...) {
    REAL(curl_easy_getinfo);
    va_list rest;
    va_start(rest, info);
    CURLcode code = real(h, info, va_arg(rest, void *));
    va_end(rest);
    return code;
}

static void *warm(void *unused) {
    (void)unused;
    pit_global_init();
    return NULL;
}

void pit_curl_warm(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, warm, NULL) == 0) pthread_detach(thread);
}
