#ifndef CCURL_H
#define CCURL_H
#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>

// Swift cannot call variadic functions: one shim for each type of argument.
static inline CURLcode pit_set_long(CURL *h, CURLoption o, long v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode pit_set_off(CURL *h, CURLoption o, curl_off_t v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode pit_set_text(CURL *h, CURLoption o, const char *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode pit_set_pointer(CURL *h, CURLoption o, void *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode pit_set_list(CURL *h, CURLoption o, struct curl_slist *v) { return curl_easy_setopt(h, o, v); }
// libcurl copies the bytes.
static inline CURLcode pit_set_blob(CURL *h, CURLoption o, const void *bytes, size_t length) {
    struct curl_blob blob = {(void *)bytes, length, CURL_BLOB_COPY};
    return curl_easy_setopt(h, o, &blob);
}
typedef size_t (*pit_receive)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode pit_set_receive(CURL *h, CURLoption o, pit_receive v) { return curl_easy_setopt(h, o, v); }
static inline long pit_info_long(CURL *h, CURLINFO i) {
    long value = 0;
    curl_easy_getinfo(h, i, &value);
    return value;
}
static inline curl_off_t pit_info_off(CURL *h, CURLINFO i) {
    curl_off_t value = 0;
    curl_easy_getinfo(h, i, &value);
    return value;
}
static inline void *pit_info_context(CURL *h) {
    char *value = NULL;
    curl_easy_getinfo(h, CURLINFO_PRIVATE, &value);
    return value;
}
static inline CURLMcode pit_multi_long(CURLM *m, CURLMoption o, long v) { return curl_multi_setopt(m, o, v); }
static inline long pit_os_error(CURL *h) {
    long value = 0;
    curl_easy_getinfo(h, CURLINFO_OS_ERRNO, &value);
    return value;
}
static inline size_t pit_pausing(void) { return CURL_WRITEFUNC_PAUSE; }
static inline CURLcode pit_resume(CURL *h) { return curl_easy_pause(h, CURLPAUSE_CONT); }
static inline CURLcode pit_result(const CURLMsg *message) { return message->data.result; }
static inline int pit_is_done(const CURLMsg *message) { return message->msg == CURLMSG_DONE; }
// Macros and enumerators that Swift would import with awkward types.
static inline CURLcode pit_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }
/// The address that `location` means when it is found at `base`; free it with curl_free. NULL when it means none.
char *pit_url_join(const char *base, const char *location);
/// A part of an address, one of PIT_URL_*, or NULL; free it with curl_free. The port is the scheme's own when the
/// address names none; user and password are decoded, the rest is as it is written.
char *pit_url_part(const char *url, int part);
enum { PIT_URL_SCHEME, PIT_URL_HOST, PIT_URL_PORT, PIT_URL_USER, PIT_URL_PASSWORD, PIT_URL_PATH, PIT_URL_QUERY };
/// Loads libcurl on a thread of its own, so that it is there when it is first needed.
void pit_curl_warm(void);
/// Names the calling thread for debuggers; at most 15 bytes.
void pit_name_thread(const char *name);
/// Waits for what libcurl's multi interface waits for, by epoll: a turn costs as much as there is to do, however many
/// transfers are under way.
typedef struct pit_reactor pit_reactor;
/// NULL when the system gives no descriptors.
pit_reactor *pit_reactor_open(void);
void pit_reactor_close(pit_reactor *reactor);
CURLM *pit_reactor_multi(pit_reactor *reactor);
/// Every handle that is given to the reactor's multi handle must have been adopted, anew after each reset.
void pit_reactor_adopt(pit_reactor *reactor, CURL *handle);
/// Ends a turn's waiting; from any thread.
void pit_reactor_wake(pit_reactor *reactor);
/// Lets libcurl do what is due: begin with handles that were added, end those whose time is up. It may end transfers.
void pit_reactor_act(pit_reactor *reactor);
/// Waits at most so long, less when there is something to do, and lets libcurl do it. False when the system would not
/// wait.
int pit_reactor_turn(pit_reactor *reactor, int milliseconds);
#endif
