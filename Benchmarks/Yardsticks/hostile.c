/* A peer that means no good. Whatever the server closes is opened again, until the time is over.
 *
 * usage: hostile SOCKET SECONDS MODE CONNECTIONS [DEPTH FILE]
 *        flood    the one line of FILE, so often that DEPTH requests wait for their answers; 0: as the kernel takes them
 *        once     DEPTH times the line, on each connection, and not again
 *        mute     the line as often as the kernel takes it; no answer is ever read
 *        endless  bytes without a line feed
 *        trickle  on each connection a byte a second of a line that never ends
 *        crowd    connections that say nothing
 *        churn    connects and closes
 *
 * prints: connections opened, connections that the server closed, how many seconds the first of these had lasted (-1:
 *         none was closed), MiB sent, answers
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { room = 1 << 18, reopened_at_once = 64 };
enum mode { flood, once, mute, endless, trickle, crowd, churn };

struct connection {
    int fd;
    long sent, answers;
    double opened;
    unsigned interest;
};

static const char *const names[] = {"flood", "once", "mute", "endless", "trickle", "crowd", "churn"};
static enum mode mode;
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static int poll;
/* Whole lines, one after another; `period` is the length of one. */
static char *text;
static long length, period, depth;
static long opened, closed, answers;
static double sent, first = -1;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

/* How many bytes may be sent now. */
static long allowed(const struct connection *connection) {
    switch (mode) {
    case flood: return depth ? (connection->answers + depth) * period - connection->sent : length;
    case once: return depth * period - connection->sent;
    case mute: case endless: return length;
    default: return 0;
    }
}

static void watch(struct connection *connection, int index) {
    unsigned interest = (mode == mute ? 0 : EPOLLIN) | (allowed(connection) > 0 ? EPOLLOUT : 0);
    struct epoll_event event = {.events = interest, .data.u32 = index};
    if (interest == connection->interest) return;
    epoll_ctl(poll, connection->interest == ~0u ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, connection->fd, &event);
    connection->interest = interest;
}

/* False when the kernel's queue of connections is full. */
static int reopen(struct connection *connection, int index) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0) return 0;
    if (connect(fd, (void *)&address, sizeof address)) return close(fd), 0;
    *connection = (struct connection){.fd = fd, .opened = now(), .interest = ~0u};
    opened++;
    watch(connection, index);
    return 1;
}

static void lose(struct connection *connection) {
    closed++;
    if (first < 0) first = now() - connection->opened;
    close(connection->fd);
    connection->fd = -1;
}

/* False when the connection is lost. */
static int put(struct connection *connection, long limit) {
    long offset = connection->sent % period;
    if (limit > length - offset) limit = length - offset;
    ssize_t bytes = send(connection->fd, text + offset, limit, MSG_NOSIGNAL);
    if (bytes < 0) return errno == EAGAIN;
    connection->sent += bytes;
    sent += bytes;
    return 1;
}

/* False when the connection is lost. */
static int take(struct connection *connection) {
    static char input[room];
    ssize_t bytes = read(connection->fd, input, sizeof input);
    if (bytes <= 0) return bytes < 0 && errno == EAGAIN;
    for (char *at = input; (at = memchr(at, '\n', input + bytes - at)); at++) connection->answers++, answers++;
    return 1;
}

static void prepare(const char *path) {
    text = malloc(room * 2);
    if (path) {
        FILE *file = fopen(path, "r");
        period = file ? (long)fread(text, 1, room, file) : 0;
        if (period == 0) perror(path), exit(1);
        for (length = period; length + period <= room; length += period) memcpy(text + length, text, period);
    } else {
        length = period = room;
        memset(text, ' ', room);
        memcpy(text, "{\"jsonrpc\":\"2.0\"", 16);
    }
}

int main(int count, char **arguments) {
    if (count < 5) return 64;
    strncpy(address.sun_path, arguments[1], sizeof address.sun_path - 1);
    double seconds = atof(arguments[2]);
    while (strcmp(names[mode], arguments[3]) != 0)
        if (mode++ == churn) return 64;
    int connections = atoi(arguments[4]);
    depth = count > 5 ? atol(arguments[5]) : 0;
    prepare(count > 6 ? arguments[6] : NULL);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    struct connection *all = calloc(connections, sizeof *all);
    for (int i = 0; i < connections; i++) all[i].fd = -1;
    poll = epoll_create1(0);
    struct epoll_event events[256];
    long trickled = 0;
    int next = 0;
    for (double start = now(); now() - start < seconds;) {
        int missing = 0;
        for (int i = 0; i < connections && missing < reopened_at_once; i++) {
            int index = (next + i) % connections;
            if (all[index].fd >= 0) continue;
            if (mode == once && all[index].opened > 0) continue;
            missing++;
            if (!reopen(&all[index], index)) {
                next = index;
                break;
            }
        }
        if (mode == churn) {
            for (int i = 0; i < connections; i++) {
                if (all[i].fd >= 0) close(all[i].fd);
                all[i].fd = -1;
            }
            continue;
        }
        for (long due = (now() - start) * connections; mode == trickle && trickled < due; trickled++) {
            struct connection *connection = &all[trickled % connections];
            if (connection->fd >= 0 && !put(connection, 1)) lose(connection);
        }
        int ready = epoll_wait(poll, events, 256, missing ? 0 : mode == trickle ? 1 : 20);
        for (int k = 0; k < ready; k++) {
            int index = events[k].data.u32;
            struct connection *connection = &all[index];
            int isAlive = !(events[k].events & (EPOLLHUP | EPOLLERR) && mode == mute);
            if (isAlive && events[k].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) isAlive = take(connection);
            if (isAlive && events[k].events & EPOLLOUT) isAlive = put(connection, allowed(connection));
            if (isAlive) watch(connection, index);
            else lose(connection);
        }
    }
    printf("%ld %ld %.1f %.0f %ld\n", opened, closed, first, sent / (1 << 20), answers);
}
