// The plainest loop over libcurl's multi interface: what HTTP costs at least with this library.
//
//     httploop URL-PREFIX URL-SUFFIX COUNT AT-ONCE TARGETS
//
// Gets COUNT pages, AT-ONCE at a time, of targets 0 ..< TARGETS in turn (their number between prefix and suffix), into a
// buffer each, and prints the CPU seconds of it and the bytes read.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

struct transfer { CURL *handle; char *bytes; size_t size, room; };
static size_t total;

static size_t take(char *bytes, size_t size, size_t count, void *context) {
    struct transfer *t = context;
    size_t length = size * count;
    if (t->size + length > t->room) t->bytes = realloc(t->bytes, t->room = (t->size + length) * 2);
    memcpy(t->bytes + t->size, bytes, length);
    t->size += length;
    return length;
}

static double cpu(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    long count = atol(argv[3]), at_once = atol(argv[4]), targets = atol(argv[5]), started = 0, done = 0, failed = 0;
    curl_global_init(CURL_GLOBAL_ALL);
    CURLM *multi = curl_multi_init();
    double before = cpu();
    for (long i = 0; i < at_once && started < count; i++, started++) {
        struct transfer *t = calloc(1, sizeof *t);
        char url[512];
        snprintf(url, sizeof url, "%s%ld%s", argv[1], started % targets, argv[2]);
        t->handle = curl_easy_init();
        curl_easy_setopt(t->handle, CURLOPT_URL, url);
        curl_easy_setopt(t->handle, CURLOPT_PROXY, "");
        curl_easy_setopt(t->handle, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(t->handle, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(t->handle, CURLOPT_WRITEDATA, t);
        curl_easy_setopt(t->handle, CURLOPT_PRIVATE, t);
        curl_multi_add_handle(multi, t->handle);
    }
    int running = 1;
    while (done < count) {
        curl_multi_perform(multi, &running);
        int left;
        CURLMsg *message;
        while ((message = curl_multi_info_read(multi, &left))) {
            if (message->msg != CURLMSG_DONE) continue;
            struct transfer *t;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&t);
            long status = 0;
            curl_easy_getinfo(t->handle, CURLINFO_RESPONSE_CODE, &status);
            if (message->data.result != CURLE_OK || status != 200) failed++;
            total += t->size;
            t->size = 0;
            done++;
            curl_multi_remove_handle(multi, t->handle);
            if (started < count) {
                char url[512];
                snprintf(url, sizeof url, "%s%ld%s", argv[1], started++ % targets, argv[2]);
                curl_easy_setopt(t->handle, CURLOPT_URL, url);
                curl_multi_add_handle(multi, t->handle);
            }
        }
        if (done < count) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    printf("%.6f %zu %ld\n", cpu() - before, total, failed);
    return failed > 0;
}
