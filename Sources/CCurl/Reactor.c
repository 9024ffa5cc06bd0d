#define _GNU_SOURCE 1
#include "CCurl.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct pit_reactor {
    CURLM *multi;
    int poll, wake;
    /// By descriptor: what the kernel was told to watch for, what libcurl wants to know, and whether it is a connection,
    /// whose end is told here. One that is kept for the next request stays watched, so that a request on it costs no
    /// system call.
    struct { unsigned char told, wanted, is_connection; } *sockets;
    int room;
    /// When libcurl wants to be called though nothing happened, in nanoseconds of the monotonic clock; -1 is never.
    long long due;
};

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int on_timer(CURLM *multi, long milliseconds, void *context) {
    pit_reactor *reactor = context;
    (void)multi;
    // Never too early: libcurl would find nothing to do, and not ask again.
    reactor->due = milliseconds < 0 ? -1 : milliseconds == 0 ? 0 : now() + (milliseconds + 1) * 1000000LL;
    return 0;
}

static int make_room(pit_reactor *reactor, int socket) {
    if (socket < reactor->room) return 1;
    int room = (socket + 64) * 2;
    void *grown = realloc(reactor->sockets, (size_t)room * sizeof *reactor->sockets);
    if (!grown) return 0;
    reactor->sockets = grown;
    memset(reactor->sockets + reactor->room, 0, (size_t)(room - reactor->room) * sizeof *reactor->sockets);
    reactor->room = room;
    return 1;
}

static int on_socket(CURL *handle, curl_socket_t socket, int what, void *context, void *known) {
    pit_reactor *reactor = context;
    (void)handle;
    (void)known;
    if (socket < 0 || !make_room(reactor, socket)) return -1;
    unsigned char wanted = what == CURL_POLL_REMOVE ? 0 : (unsigned char)(what & CURL_POLL_INOUT);
    reactor->sockets[socket].wanted = wanted;
    if (!wanted && !reactor->sockets[socket].is_connection) {
        // A resolver's: closed without a word.
        epoll_ctl(reactor->poll, EPOLL_CTL_DEL, socket, NULL);
        reactor->sockets[socket].told = 0;
    }
    if (!wanted || wanted == reactor->sockets[socket].told) return 0;
    struct epoll_event event = {.data.fd = socket};
    if (wanted & CURL_POLL_IN) event.events |= EPOLLIN;
    if (wanted & CURL_POLL_OUT) event.events |= EPOLLOUT;
    int first = reactor->sockets[socket].told ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    int second = reactor->sockets[socket].told ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    // The kernel forgets a descriptor that was closed.
    if (epoll_ctl(reactor->poll, first, socket, &event) != 0 && epoll_ctl(reactor->poll, second, socket, &event) != 0)
        return -1;
    reactor->sockets[socket].told = wanted;
    return 0;
}

static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    pit_reactor *reactor = context;
    (void)purpose;
    int opened = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (opened < 0 || !make_room(reactor, opened)) return opened;
    reactor->sockets[opened].told = reactor->sockets[opened].wanted = 0;
    reactor->sockets[opened].is_connection = 1;
    return opened;
}

static int on_close(void *context, curl_socket_t socket) {
    pit_reactor *reactor = context;
    if (socket >= 0 && socket < reactor->room) memset(reactor->sockets + socket, 0, sizeof *reactor->sockets);
    return close(socket);
}

void pit_reactor_adopt(pit_reactor *reactor, CURL *handle) {
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, reactor);
    curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, reactor);
}

pit_reactor *pit_reactor_open(void) {
    pit_reactor *reactor = calloc(1, sizeof *reactor);
    if (!reactor) return NULL;
    reactor->due = -1;
    reactor->poll = epoll_create1(EPOLL_CLOEXEC);
    reactor->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    reactor->multi = curl_multi_init();
    struct epoll_event event = {.events = EPOLLIN, .data.fd = reactor->wake};
    if (reactor->poll < 0 || reactor->wake < 0 || !reactor->multi ||
        epoll_ctl(reactor->poll, EPOLL_CTL_ADD, reactor->wake, &event) != 0) {
        pit_reactor_close(reactor);
        return NULL;
    }
    curl_multi_setopt(reactor->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(reactor->multi, CURLMOPT_SOCKETDATA, reactor);
    curl_multi_setopt(reactor->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(reactor->multi, CURLMOPT_TIMERDATA, reactor);
    return reactor;
}

void pit_reactor_close(pit_reactor *reactor) {
    if (!reactor) return;
    if (reactor->multi) curl_multi_cleanup(reactor->multi);
    if (reactor->poll >= 0) close(reactor->poll);
    if (reactor->wake >= 0) close(reactor->wake);
    free(reactor->sockets);
    free(reactor);
}

CURLM *pit_reactor_multi(pit_reactor *reactor) { return reactor->multi; }

void pit_reactor_wake(pit_reactor *reactor) {
    eventfd_t one = 1;
    // A counter that is full has been written to: the turn ends all the same.
    if (write(reactor->wake, &one, sizeof one) < 0) return;
}

void pit_reactor_act(pit_reactor *reactor) {
    int running;
    // A turn of libcurl may set the next time to at once again.
    for (int again = 0; again < 16 && reactor->due >= 0 && (reactor->due == 0 || reactor->due <= now()); again++) {
        reactor->due = -1;
        curl_multi_socket_action(reactor->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
}

int pit_reactor_turn(pit_reactor *reactor, int milliseconds) {
    struct epoll_event events[128];
    int running;
    long long wait = milliseconds;
    if (reactor->due >= 0) {
        long long left = reactor->due == 0 ? 0 : (reactor->due - now() + 999999) / 1000000;
        if (left < wait) wait = left < 0 ? 0 : left;
    }
    int count = epoll_wait(reactor->poll, events, 128, (int)wait);
    if (count < 0) return errno == EINTR;
    for (int index = 0; index < count; index++) {
        if (events[index].data.fd == reactor->wake) {
            eventfd_t seen;
            if (read(reactor->wake, &seen, sizeof seen) < 0) continue;
            continue;
        }
        int socket = events[index].data.fd, what = 0;
        if (socket >= reactor->room || !reactor->sockets[socket].wanted) {
            // A kept connection that its server closed, or that says something unasked: libcurl will see when it
            // wants to use it.
            epoll_ctl(reactor->poll, EPOLL_CTL_DEL, socket, NULL);
            if (socket < reactor->room) reactor->sockets[socket].told = 0;
            continue;
        }
        if (events[index].events & EPOLLIN) what |= CURL_CSELECT_IN;
        if (events[index].events & EPOLLOUT) what |= CURL_CSELECT_OUT;
        if (events[index].events & (EPOLLERR | EPOLLHUP)) what |= CURL_CSELECT_ERR | CURL_CSELECT_IN;
        curl_multi_socket_action(reactor->multi, socket, what, &running);
    }
    // A turn without any event looks at all times, whatever was asked for.
    if (count == 0 && reactor->due < 0) reactor->due = 0;
    pit_reactor_act(reactor);
    return 1;
}
