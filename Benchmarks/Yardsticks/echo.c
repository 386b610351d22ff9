/* An epoll echo on a Unix socket: the limit that a verify is compared with. usage: echo SOCKET */
#define _GNU_SOURCE
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int count, char **arguments) {
    static char buffer[262144];
    struct sockaddr_un address = {AF_UNIX};
    struct epoll_event events[64], event = {.events = EPOLLIN};
    if (count != 2) return 64;
    strncpy(address.sun_path, arguments[1], sizeof address.sun_path - 1);
    unlink(arguments[1]);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (bind(listener, (void *)&address, sizeof address) || listen(listener, 128)) return 1;
    int poll = epoll_create1(0);
    event.data.fd = listener;
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(poll, events, 64, -1);
        for (int i = 0; i < ready; i++) {
            int peer = events[i].data.fd;
            if (peer == listener) {
                event.data.fd = accept4(listener, 0, 0, SOCK_NONBLOCK);
                epoll_ctl(poll, EPOLL_CTL_ADD, event.data.fd, &event);
                continue;
            }
            ssize_t bytes = read(peer, buffer, sizeof buffer);
            if (bytes <= 0) close(peer);
            else if (send(peer, buffer, bytes, MSG_NOSIGNAL) < 0) close(peer);
        }
    }
}
