/* Updates a second that raw SQLite makes durable (WAL, FULL), 64 in a transaction. usage: update FILE SECONDS */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
    sqlite3 *database;
    sqlite3_stmt *begin, *update, *commit;
    char id[40];
    long done = 0;
    if (count != 3 || sqlite3_open(arguments[1], &database)) return 64;
    sqlite3_exec(database,
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE s (id TEXT PRIMARY KEY NOT NULL, user TEXT, generation INTEGER, hash TEXT, used INTEGER, expires INTEGER) WITHOUT ROWID;"
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)"
        "INSERT INTO s SELECT printf('%036d', i), printf('%036d', i), 0, hex(randomblob(32)), i, i FROM n;", 0, 0, 0);
    sqlite3_prepare_v2(database, "BEGIN IMMEDIATE", -1, &begin, 0);
    sqlite3_prepare_v2(database, "COMMIT", -1, &commit, 0);
    sqlite3_prepare_v2(database,
        "UPDATE s SET generation = generation + 1, hash = ?, used = ?, expires = ? WHERE id = ? AND generation >= 0", -1,
        &update, 0);
    double start = now(), seconds = atof(arguments[2]);
    while (now() - start < seconds) {
        sqlite3_step(begin), sqlite3_reset(begin);
        for (int i = 0; i < 64; i++, done++) {
            snprintf(id, sizeof id, "%036ld", done * 7919 % 10000);
            sqlite3_bind_text(update, 1, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 64, SQLITE_STATIC);
            sqlite3_bind_int64(update, 2, done);
            sqlite3_bind_int64(update, 3, done);
            sqlite3_bind_text(update, 4, id, 36, SQLITE_TRANSIENT);
            sqlite3_step(update), sqlite3_reset(update);
        }
        sqlite3_step(commit), sqlite3_reset(commit);
    }
    printf("%.0f\n", done / (now() - start));
}
