/* A load generator: each connection keeps so many requests in flight until the time is over.
 *
 * usage: load lines   SOCKET  CONNECTIONS DEPTH SECONDS FILE   the one line of FILE, again and again
 *        load refresh SOCKET  CONNECTIONS 1     SECONDS FILE   a refresh token on each line of FILE, each exchanged on
 *        load http    PORT    CONNECTIONS 1     SECONDS FILE   the request in FILE, again and again
 *        load idle    SOCKET  CONNECTIONS 1     SECONDS -      connections that say nothing
 *
 * prints: requests/s, median and 99th percentile of a round trip in microseconds, answers that were errors
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { room = 1 << 17, samples = 1 << 22 };

struct connection {
    int fd, pending, used;
    double start;
    char *input;
    char token[2048];
};

static const char *mode;
static int depth;
static char *request;
static size_t request_length;
static long done, errors;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b) {
    double difference = *(const double *)a - *(const double *)b;
    return difference < 0 ? -1 : difference > 0;
}

static int open_connection(const char *target) {
    int fd, one = 1;
    if (strcmp(mode, "http") == 0) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(target))};
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fd = socket(AF_INET, SOCK_STREAM, 0);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (connect(fd, (void *)&address, sizeof address)) return -1;
    } else {
        struct sockaddr_un address = {AF_UNIX};
        strncpy(address.sun_path, target, sizeof address.sun_path - 1);
        fd = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(fd, (void *)&address, sizeof address)) return -1;
    }
    return fd;
}

static int send_next(struct connection *connection) {
    static char text[4096];
    const char *bytes = request;
    size_t length = request_length;
    if (strcmp(mode, "refresh") == 0) {
        length = snprintf(text, sizeof text, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"auth.refresh\",\"params\":[\"%s\"]}\n",
            connection->token);
        bytes = text;
    }
    connection->start = now();
    connection->pending = depth;
    return write(connection->fd, bytes, length) == (ssize_t)length ? 0 : -1;
}

/* How many bytes of the input are one whole answer; 0 when it is not whole. */
static int answer_length(struct connection *connection) {
    char *end;
    if (strcmp(mode, "http") != 0) {
        end = memchr(connection->input, '\n', connection->used);
        return end ? (int)(end - connection->input) + 1 : 0;
    }
    connection->input[connection->used] = 0;
    end = strstr(connection->input, "\r\n\r\n");
    char *field = end ? strcasestr(connection->input, "content-length:") : NULL;
    int length = end ? (int)(end - connection->input) + 4 + (field && field < end ? atoi(field + 15) : 0) : 0;
    return length <= connection->used ? length : 0;
}

static void take_answer(struct connection *connection, int length) {
    done++;
    connection->pending--;
    if (strcmp(mode, "http") == 0) {
        if (memcmp(connection->input + 9, "200", 3) != 0) errors++;
    } else if (memmem(connection->input, length < 80 ? length : 80, "\"error\"", 7)) {
        errors++;
    } else if (strcmp(mode, "refresh") == 0) {
        char *start = memmem(connection->input, length, "\"refresh_token\":\"", 17);
        if (start) {
            start += 17;
            char *end = strchr(start, '"');
            memcpy(connection->token, start, end - start);
            connection->token[end - start] = 0;
        }
    }
    connection->used -= length;
    memmove(connection->input, connection->input + length, connection->used);
}

int main(int count, char **arguments) {
    if (count != 7) return 64;
    mode = arguments[1];
    int connections = atoi(arguments[3]);
    depth = atoi(arguments[4]);
    double seconds = atof(arguments[5]);
    struct rlimit files = {1 << 20, 1 << 20};
    setrlimit(RLIMIT_NOFILE, &files);
    struct connection *all = calloc(connections, sizeof *all);
    FILE *file = strcmp(arguments[6], "-") ? fopen(arguments[6], "r") : NULL;
    int poll = epoll_create1(0);
    for (int i = 0; i < connections; i++) {
        all[i].fd = open_connection(arguments[2]);
        if (all[i].fd < 0) return perror("connect"), 1;
        if (strcmp(mode, "idle") == 0) continue;
        all[i].input = malloc(room);
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &event);
        if (strcmp(mode, "refresh") == 0 && fscanf(file, "%2047s", all[i].token) != 1) return fputs("too few tokens\n", stderr), 1;
    }
    if (strcmp(mode, "idle") == 0) {
        puts("connected");
        fflush(stdout);
        usleep(seconds * 1e6);
        return 0;
    }
    if (strcmp(mode, "refresh") != 0) {
        static char text[65536];
        size_t length = fread(text, 1, sizeof text, file);
        request = malloc(length * depth);
        for (int i = 0; i < depth; i++) memcpy(request + length * i, text, length);
        request_length = length * depth;
    }
    double *times = malloc(sizeof(double) * samples), start = now();
    long taken = 0;
    for (int i = 0; i < connections; i++)
        if (send_next(&all[i])) return perror("write"), 1;
    struct epoll_event events[256];
    while (now() - start < seconds) {
        int ready = epoll_wait(poll, events, 256, 100);
        for (int k = 0; k < ready; k++) {
            struct connection *connection = &all[events[k].data.u32];
            ssize_t bytes = read(connection->fd, connection->input + connection->used, room - 1 - connection->used);
            if (bytes <= 0) return fputs("closed\n", stderr), 1;
            connection->used += bytes;
            for (int length; connection->used && (length = answer_length(connection)) > 0;) take_answer(connection, length);
            if (connection->pending > 0) continue;
            if (taken < samples) times[taken++] = now() - connection->start;
            if (send_next(connection)) return perror("write"), 1;
        }
    }
    double elapsed = now() - start;
    qsort(times, taken, sizeof *times, compare);
    printf("%.2f %.1f %.1f %ld\n", done / elapsed, taken ? times[taken / 2] * 1e6 : 0,
        taken ? times[(long)(taken * .99)] * 1e6 : 0, errors);
}
