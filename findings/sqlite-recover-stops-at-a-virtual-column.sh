#!/bin/sh
# The sqlite3 shell's .recover, made for damaged files, gets nothing of a sound one in which a table has a virtual generated
# column before an ordinary one. Such a column isn't stored, so that a row on disk has fewer fields than its table has
# columns; .recover stops at the first such table with error 25, SQLITE_RANGE, whose text it prints as "(null)", and not
# even the table comes. With the virtual column last, or stored, all rows come.
#
# Seen with SQLite 3.52.0, from the sources in the npm package sqlite3 6.0.1, built with SQLITE_ENABLE_DBPAGE_VTAB:
#
#     3.52.0
#     virtual column first: integrity ok, recovered no table, said: sql error: (null) (25)
#     virtual column last: integrity ok, recovered 2, said:
#     stored column first: integrity ok, recovered 2, said:
#
# Needs npm, a C compiler and tar.
#
# Patchcord's salvage knows which columns are stored, and reads such tables. Fails if this changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
npm pack --silent sqlite3@6.0.1 > /dev/null
tar xzf sqlite3-6.0.1.tgz
tar xzf package/deps/sqlite-autoconf-*.tar.gz --strip-components=1
cc -O1 -DSQLITE_ENABLE_DBPAGE_VTAB -DSQLITE_THREADSAFE=0 shell.c sqlite3.c -lm -ldl -o sql
try() {
    rm -f one.db two.db
    ./sql one.db "CREATE TABLE t(a INTEGER PRIMARY KEY, $2); INSERT INTO t(a, b) VALUES (1, 'one'), (2, 'two');"
    ./sql one.db .recover > out.sql 2> err || true
    ./sql two.db < out.sql > /dev/null 2>&1 || true
    rows=$(./sql two.db "SELECT count(*) FROM t" 2> /dev/null || echo "no table")
    echo "$1: integrity $(./sql one.db 'PRAGMA integrity_check'), recovered $rows, said: $(tr '\n' ' ' < err)"
}
{
    ./sql --version | cut -d' ' -f1
    try "virtual column first" "v AS (a + 1) VIRTUAL, b TEXT"
    try "virtual column last" "b TEXT, v AS (a + 1) VIRTUAL"
    try "stored column first" "v AS (a + 1) STORED, b TEXT"
} > seen
cat seen
cat > was <<'SEEN'
3.52.0
virtual column first: integrity ok, recovered no table, said: sql error: (null) (25) 
virtual column last: integrity ok, recovered 2, said: 
stored column first: integrity ok, recovered 2, said: 
SEEN
diff was seen
