/* Updates a second that raw libpq makes durable, so many in a pipeline with one commit, and the median of a commit in
   microseconds. usage: pipeline CONNINFO SECONDS DEPTH */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { rows = 10000, most = 1 << 20 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double samples[most];

int main(int count, char **arguments) {
    if (count != 4) return 64;
    int depth = atoi(arguments[3]), commits = 0;
    long done = 0;
    PGconn *link = PQconnectdb(arguments[1]);
    if (PQstatus(link) != CONNECTION_OK) return fprintf(stderr, "%s", PQerrorMessage(link)), 1;
    PQclear(PQexec(link,
        "DROP TABLE IF EXISTS raw; CREATE TABLE raw (id uuid PRIMARY KEY, user_id uuid, generation bigint,"
        " hash varchar(64), used timestamptz, expires timestamptz) WITH (fillfactor = 80);"
        "INSERT INTO raw SELECT lpad(i::text, 32, '0')::uuid, lpad(i::text, 32, '0')::uuid, 0, repeat('0', 64), now(), now()"
        " FROM generate_series(0, 9999) i; ANALYZE raw"));
    PQclear(PQprepare(link, "u",
        "UPDATE raw SET generation = generation + 1, hash = $2, used = now(), expires = now()"
        " WHERE id = $1 AND generation >= 0 RETURNING id, user_id, generation, hash, used, expires", 0, NULL));
    PQenterPipelineMode(link);
    double start = now(), seconds = atof(arguments[2]);
    while (now() - start < seconds) {
        double began = now();
        for (int i = 0; i < depth; i++, done++) {
            char id[40];
            snprintf(id, sizeof id, "%032ld", done * 7919 % rows);
            const char *values[] = {id, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};
            PQsendQueryPrepared(link, "u", 2, values, NULL, NULL, 0);
        }
        PQpipelineSync(link);
        for (int i = 0; i < depth; i++) {
            PGresult *result = PQgetResult(link);
            if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1) return 1;
            PQclear(result);
            PQgetResult(link);
        }
        PQclear(PQgetResult(link));
        if (commits < most) samples[commits++] = now() - began;
    }
    qsort(samples, commits, sizeof *samples, compare);
    printf("%.0f %.1f\n", done / (now() - start), samples[commits / 2] * 1e6);
}
