#pragma once
#include <sys/prctl.h>

/* prctl(2) is variadic, which Swift cannot call. */
static inline int process_set_dumpable(int is_dumpable) {
    return prctl(PR_SET_DUMPABLE, (unsigned long)is_dumpable, 0UL, 0UL, 0UL);
}
