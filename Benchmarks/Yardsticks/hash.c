/* Seconds that one bcrypt hash takes, the best of five. usage: hash COST */
#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int count, char **arguments) {
    char salt[64];
    double best = 1e9;
    snprintf(salt, sizeof salt, "$2b$%02d$abcdefghijklmnopqrstuu", count > 1 ? atoi(arguments[1]) : 12);
    for (int i = 0; i < 5; i++) {
        struct crypt_data data = {0};
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        crypt_r("correct horse battery", salt, &data);
        clock_gettime(CLOCK_MONOTONIC, &b);
        double seconds = b.tv_sec - a.tv_sec + (b.tv_nsec - a.tv_nsec) * 1e-9;
        if (seconds < best) best = seconds;
    }
    printf("%f\n", best);
}
