// Serves vLLM-like pages to whatever scrapes them, cheaply enough not to be what is measured.
//
//     pageserver [--port P] [--lines N]
//
// Prints the port it listens at on 127.0.0.1 and serves until it is killed. `/t/17/metrics` is the page of target 17:
// about 550 samples, 50 KB; every counter and bucket has grown by the time that has passed, so no two readings are the
// same. `/health` and `/v1/models` answer shortly. `--lines` sets the number of histograms (8 by default).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MODEL_DIGITS = 5, VALUE_DIGITS = 9, CONNECTIONS = 16384 };

struct value { uint32_t at; uint32_t rate; uint64_t base; };

static char *page;
static size_t page_size, page_room;
static uint32_t *models;
static size_t model_count;
static struct value *values;
static size_t value_count;

static void add(const char *text) {
    size_t length = strlen(text);
    while (page_size + length + 1 > page_room) page = realloc(page, page_room = (page_room + 4096) * 2);
    memcpy(page + page_size, text, length);
    page_size += length;
}

static void add_labels(const char *more) {
    add("{engine=\"0\",model_name=\"model-");
    models = realloc(models, (model_count + 1) * sizeof *models);
    models[model_count++] = (uint32_t)page_size;
    add("00000\"");
    add(more);
    add("} ");
}

static void add_value(uint64_t base, uint32_t rate) {
    values = realloc(values, (value_count + 1) * sizeof *values);
    values[value_count++] = (struct value){ (uint32_t)page_size, rate, base };
    add("000000000.0\n");
}

static void family(const char *name, const char *kind) {
    char line[512];
    snprintf(line, sizeof line, "# HELP vllm:%s What a benchmark reads of %s.\n# TYPE vllm:%s %s\n", name, name, name, kind);
    add(line);
}

static void sample(const char *name, const char *suffix, const char *more, uint64_t base, uint32_t rate) {
    add("vllm:");
    add(name);
    add(suffix);
    add_labels(more);
    add_value(base, rate);
}

static void make_page(int histograms) {
    static const char *names[] = {
        "time_to_first_token_seconds", "inter_token_latency_seconds", "e2e_request_latency_seconds",
        "request_queue_time_seconds", "request_prefill_time_seconds", "request_decode_time_seconds",
        "request_inference_time_seconds", "request_prompt_tokens", "request_generation_tokens",
        "iteration_tokens_total", "request_params_max_tokens", "request_params_n",
        "request_time_per_output_token_seconds", "request_max_num_generation_tokens",
    };
    static const char *counters[] = {
        "prompt_tokens_total", "generation_tokens_total", "num_preemptions_total", "prefix_cache_queries_total",
        "prefix_cache_hits_total",
    };
    static const char *gauges[] = { "num_requests_running", "num_requests_waiting" };
    char more[64];
    for (size_t i = 0; i < 2; i++) { family(gauges[i], "gauge"); sample(gauges[i], "", "", 100000003 + i, 0); }
    family("kv_cache_usage_perc", "gauge");
    add("vllm:kv_cache_usage_perc");
    add_labels("");
    add("0.4375\n");
    for (size_t i = 0; i < 5; i++) { family(counters[i], "counter"); sample(counters[i], "", "", 100000000 + i * 977, 400 + 37 * i); }
    family("request_success_total", "counter");
    static const char *reasons[] = { ",finished_reason=\"stop\"", ",finished_reason=\"length\"", ",finished_reason=\"abort\"" };
    for (size_t i = 0; i < 3; i++) sample("request_success_total", "", reasons[i], 100000000 + i, 9 - 4 * i);
    for (int h = 0; h < histograms; h++) {
        const char *name = names[h % 14];
        char unique[96];
        if (h < 14) snprintf(unique, sizeof unique, "%s", name); else snprintf(unique, sizeof unique, "%s_%d", name, h / 14);
        family(unique, "histogram");
        for (int b = 0; b < 36; b++) {
            if (b < 35) snprintf(more, sizeof more, ",le=\"%d.%d\"", (b * b) / 10, (b * b) % 10); else snprintf(more, sizeof more, ",le=\"+Inf\"");
            sample(unique, "_bucket", more, 100000000 + (uint64_t)b * 1000, (uint32_t)(b + 1));
        }
        sample(unique, "_count", "", 100000000 + 35000, 36);
        sample(unique, "_sum", "", 100000000, 91);
    }
}

static void digits(char *at, uint64_t number, int count) {
    for (int i = count - 1; i >= 0; i--) { at[i] = (char)('0' + number % 10); number /= 10; }
}

static void fill(char *to, unsigned target, double now) {
    memcpy(to, page, page_size);
    char model[MODEL_DIGITS];
    digits(model, target / 10, MODEL_DIGITS);
    for (size_t i = 0; i < model_count; i++) memcpy(to + models[i], model, MODEL_DIGITS);
    for (size_t i = 0; i < value_count; i++) {
        uint64_t number = values[i].base + (uint64_t)(values[i].rate * now) + target % 97;
        if (values[i].rate == 0) number = 100000000 + (uint64_t)(now * 3 + target) % 40;
        digits(to + values[i].at, number, VALUE_DIGITS);
    }
}

struct connection { int fd; size_t have, sent, size; char in[2048]; char *out; };
static struct connection *connections[CONNECTIONS];

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + t.tv_nsec / 1e9;
}

static double started;

static void answer(struct connection *c) {
    unsigned target = 0;
    size_t head;
    if (sscanf(c->in, "GET /t/%u/", &target) == 1 || strncmp(c->in, "GET /metrics", 12) == 0) {
        head = (size_t)sprintf(c->out, "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: %zu\r\n\r\n", page_size);
        fill(c->out + head, target, seconds() - started + 100);
        c->size = head + page_size;
    } else {
        const char *body = strncmp(c->in, "GET /v1/models", 14) == 0 ? "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\"}]}" : "{}";
        c->size = (size_t)sprintf(c->out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
    }
    c->sent = 0;
}

static void drop(int poll, struct connection *c) {
    epoll_ctl(poll, EPOLL_CTL_DEL, c->fd, NULL);
    connections[c->fd] = NULL;
    close(c->fd);
    free(c->out);
    free(c);
}

// False when the connection is gone.
static int push(int poll, struct connection *c) {
    while (c->sent < c->size) {
        ssize_t n = send(c->fd, c->out + c->sent, c->size - c->sent, MSG_NOSIGNAL);
        if (n > 0) { c->sent += (size_t)n; continue; }
        if (n < 0 && errno == EAGAIN) {
            struct epoll_event event = { .events = EPOLLIN | EPOLLOUT, .data.fd = c->fd };
            epoll_ctl(poll, EPOLL_CTL_MOD, c->fd, &event);
            return 1;
        }
        drop(poll, c);
        return 0;
    }
    if (c->size) {
        struct epoll_event event = { .events = EPOLLIN, .data.fd = c->fd };
        epoll_ctl(poll, EPOLL_CTL_MOD, c->fd, &event);
    }
    c->size = c->sent = 0;
    return 1;
}

static void pull(int poll, struct connection *c) {
    ssize_t n = recv(c->fd, c->in + c->have, sizeof c->in - 1 - c->have, 0);
    if (n <= 0) {
        if (n < 0 && errno == EAGAIN) return;
        drop(poll, c);
        return;
    }
    c->have += (size_t)n;
    c->in[c->have] = 0;
    char *end = strstr(c->in, "\r\n\r\n");
    if (!end) {
        if (c->have >= sizeof c->in - 1) drop(poll, c);
        return;
    }
    answer(c);
    c->have = 0;
    push(poll, c);
}

int main(int count, char **words) {
    int port = 0, histograms = 14;
    for (int i = 1; i + 1 < count; i += 2) {
        if (!strcmp(words[i], "--port")) port = atoi(words[i + 1]);
        if (!strcmp(words[i], "--lines")) histograms = atoi(words[i + 1]);
    }
    signal(SIGPIPE, SIG_IGN);
    make_page(histograms);
    started = seconds();
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) { perror("pageserver"); return 1; }
    socklen_t length = sizeof address;
    getsockname(listener, (struct sockaddr *)&address, &length);
    printf("%d %zu %zu\n", ntohs(address.sin_port), page_size, value_count + 1);
    fflush(stdout);
    int poll = epoll_create1(0);
    struct epoll_event event = { .events = EPOLLIN, .data.fd = listener };
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    struct epoll_event events[256];
    for (;;) {
        int n = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                int new;
                while ((new = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    if (new >= CONNECTIONS) { close(new); continue; }
                    int size = 262144;
                    setsockopt(new, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
                    setsockopt(new, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                    struct connection *c = calloc(1, sizeof *c);
                    c->fd = new;
                    c->out = malloc(page_size + 512);
                    connections[new] = c;
                    struct epoll_event event = { .events = EPOLLIN, .data.fd = new };
                    epoll_ctl(poll, EPOLL_CTL_ADD, new, &event);
                }
                continue;
            }
            struct connection *c = connections[fd];
            if (!c) continue;
            if (events[i].events & EPOLLOUT && !push(poll, c)) continue;
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) pull(poll, c);
        }
    }
}
