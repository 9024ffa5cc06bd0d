#define _GNU_SOURCE 1
#include "CCurl.h"
#include <pthread.h>

void pit_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

char *pit_url_join(const char *base, const char *location) {
    char *joined = NULL;
    CURLU *url = curl_url();
    if (!url) return NULL;
    if (curl_url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_URL, location, 0) == CURLUE_OK)
        curl_url_get(url, CURLUPART_URL, &joined, 0);
    curl_url_cleanup(url);
    return joined;
}

char *pit_url_part(const char *text, int part) {
    static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT, CURLUPART_USER,
                                      CURLUPART_PASSWORD, CURLUPART_PATH, CURLUPART_QUERY};
    char *found = NULL;
    CURLU *url = curl_url();
    if (!url) return NULL;
    if (curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK)
        curl_url_get(url, parts[part], &found,
                     part == PIT_URL_PORT ? CURLU_DEFAULT_PORT
                                          : part == PIT_URL_USER || part == PIT_URL_PASSWORD ? CURLU_URLDECODE : 0);
    curl_url_cleanup(url);
    return found;
}
