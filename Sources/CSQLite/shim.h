#include <sqlite3.h>

/* Binds a copy of the text, which may hold U+0000. SQLITE_TRANSIENT is a cast, which Swift does not see. */
static inline int sqlite_bind_copy(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 length) {
    return sqlite3_bind_text64(statement, index, text, length, SQLITE_TRANSIENT, SQLITE_UTF8);
}
