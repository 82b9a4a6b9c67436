// SQLite, and what of it Swift cannot see: a macro that is a pointer, and a function with arguments of any number.
#ifndef SALIENCYD_CSQLITE_SHIM_H
#define SALIENCYD_CSQLITE_SHIM_H

#include <sqlite3.h>

// SQLite copies the text.
static inline int saliency_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *text,
                                            sqlite3_uint64 bytes) {
    return sqlite3_bind_text64(statement, index, text, bytes, SQLITE_TRANSIENT, SQLITE_UTF8);
}

// A name in double quotes that names nothing is an error, not a text.
static inline int saliency_sqlite_refuse_quoted_text(sqlite3 *database) {
    int code = sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)0);
    return code == SQLITE_OK ? sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, (int *)0) : code;
}

#endif
