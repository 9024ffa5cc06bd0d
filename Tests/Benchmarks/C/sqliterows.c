// Inserts samples into SQLite as one would first think of it: a row a sample, in transactions of half a minute.
//
//     sqliterows FILE keyed|plain SAMPLES SERIES
//
// Prints the CPU seconds that it took.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void check(int code, sqlite3 *db) {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    fprintf(stderr, "%s\n", sqlite3_errmsg(db));
    exit(1);
}

int main(int count, char **words) {
    if (count != 5) return 2;
    long samples = atol(words[3]), series = atol(words[4]);
    sqlite3 *db;
    check(sqlite3_open(words[1], &db), db);
    check(sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", 0, 0, 0), db);
    check(sqlite3_exec(db, strcmp(words[2], "keyed") == 0
        ? "CREATE TABLE s (series INTEGER, time INTEGER, value REAL, PRIMARY KEY (series, time)) WITHOUT ROWID"
        : "CREATE TABLE s (series INTEGER, time INTEGER, value REAL)", 0, 0, 0), db);
    sqlite3_stmt *insert;
    check(sqlite3_prepare_v2(db, "INSERT INTO s VALUES (?, ?, ?)", -1, &insert, 0), db);
    clock_t before = clock();
    for (long done = 0, moment = 0; done < samples; moment++) {
        if (moment % 2 == 0) check(sqlite3_exec(db, "BEGIN", 0, 0, 0), db);
        for (long i = 0; i < series && done < samples; i++, done++) {
            sqlite3_bind_int64(insert, 1, i);
            sqlite3_bind_int64(insert, 2, 1800000000000 + moment * 15000);
            sqlite3_bind_double(insert, 3, (double)(moment * i % 1000));
            check(sqlite3_step(insert), db);
            sqlite3_reset(insert);
        }
        if (moment % 2 == 1) check(sqlite3_exec(db, "COMMIT", 0, 0, 0), db);
    }
    if (!sqlite3_get_autocommit(db)) check(sqlite3_exec(db, "COMMIT", 0, 0, 0), db);
    printf("%.6f\n", (double)(clock() - before) / CLOCKS_PER_SEC);
    return 0;
}
