#pragma once
#include <malloc.h>
#include <stdint.h>
#include <sys/prctl.h>

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

/* malloc_trim(3): pages that hold nothing any more go back to the system. */
static inline int process_trim_heap(void) {
    return malloc_trim(0);
}
