/* Rotations a second that raw libpq makes durable, so many in a pipeline with one commit, and the median of a commit in
   microseconds: the same update on the same tables, in a database of its own. usage: pipeline CONNINFO SECONDS DEPTH */
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
        "INSERT INTO auth_users (id, email, hashed_password)"
        " SELECT lpad(i::text, 32, '0')::uuid, i || '@example.org', '' FROM generate_series(0, 9999) i ON CONFLICT DO NOTHING;"
        "INSERT INTO auth_sessions (id, user_id, refresh_token_hash, last_used_at, expires_at, access_expires_at)"
        " SELECT id, id, repeat('0', 64), now(), now() + interval '1 day', now() FROM auth_users ON CONFLICT DO NOTHING;"
        "ANALYZE auth_users, auth_sessions"));
    PGresult *prepared = PQprepare(link, "rotate",
        "UPDATE auth_sessions SET generation = generation + 1, refresh_token_hash = $2::text, own_hash = left($2, 16),"
        " last_used_at = now(), expires_at = least(now() + interval '1 day', absolute_expires_at),"
        " access_expires_at = greatest(now(), access_expires_at)"
        " WHERE id = $1 AND user_id = $1 AND generation >= 0 AND NOT is_revoked AND expires_at > now()"
        " AND absolute_expires_at > now() AND (SELECT is_active FROM auth_users WHERE auth_users.id = $1)", 0, NULL);
    if (PQresultStatus(prepared) != PGRES_COMMAND_OK) return fprintf(stderr, "%s", PQerrorMessage(link)), 1;
    PQenterPipelineMode(link);
    double start = now(), seconds = atof(arguments[2]);
    while (now() - start < seconds) {
        double began = now();
        for (int i = 0; i < depth; i++, done++) {
            char id[40];
            snprintf(id, sizeof id, "%032ld", done * 7919 % rows);
            const char *values[] = {id, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};
            PQsendQueryPrepared(link, "rotate", 2, values, NULL, NULL, 0);
        }
        PQpipelineSync(link);
        for (int i = 0; i < depth; i++) {
            PGresult *result = PQgetResult(link);
            if (PQresultStatus(result) != PGRES_COMMAND_OK || PQcmdTuples(result)[0] != '1') return 1;
            PQclear(result);
            PQgetResult(link);
        }
        PQclear(PQgetResult(link));
        if (commits < most) samples[commits++] = now() - began;
    }
    qsort(samples, commits, sizeof *samples, compare);
    printf("%.0f %.1f\n", done / (now() - start), samples[commits / 2] * 1e6);
}
