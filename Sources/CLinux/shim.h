#pragma once
#include <malloc.h>
#include <stdint.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* struct ucred of unix(7), which the headers hide from Swift: what SO_PEERCRED fills. */
struct peer_credentials {
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
};

/* prctl(2) is variadic, which Swift cannot call. */
static inline int process_set_dumpable(int is_dumpable) {
    return prctl(PR_SET_DUMPABLE, (unsigned long)is_dumpable, 0UL, 0UL, 0UL);
}

/* What the calling thread is called, 15 bytes at most: PR_SET_NAME of prctl(2). */
static inline int thread_set_name(const char *name) {
    return prctl(PR_SET_NAME, (unsigned long)name, 0UL, 0UL, 0UL);
}

/* accept4(2), which the headers hide from Swift: a connection that never waits and is closed on exec. -1: see errno. */
static inline int accept_connection(int listener) {
    return (int)syscall(SYS_accept4, listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/* malloc_trim(3): pages that hold nothing any more go back to the system. */
static inline int process_trim_heap(void) {
    return malloc_trim(0);
}

/* eventfd(2), whose flags are an enumeration of C: a counter that is readable when it is not zero. -1: it could not be made. */
static inline int event_counter(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

/* A file in memory that cannot grow beyond these bytes, closed on exec; -1 when it cannot be made. memfd_create(2) is
 * hidden from Swift, and fcntl(2) is variadic. */
static inline int file_in_memory(long bytes) {
    int file = (int)syscall(SYS_memfd_create, "mvp-auth", 3U /* MFD_CLOEXEC | MFD_ALLOW_SEALING */);
    if (file >= 0 && (ftruncate(file, bytes) != 0 || fcntl(file, 1033 /* F_ADD_SEALS */, 4 /* F_SEAL_GROW */) != 0)) {
        close(file);
        return -1;
    }
    return file;
}
