#!/usr/bin/python3
"""Copies a leader's files for a new standby, where there is no pg_basebackup: the embedded Postgres has none.

Patroni calls it as a method of `create_replica_methods`. Leader and standby are on one machine, as one user.
"""

import os
import shutil
import sys

import psycopg2

options = dict(argument[2:].split('=', 1) for argument in sys.argv[1:] if argument.startswith('--'))
to = options['datadir']
# What a standby gets from elsewhere, or makes itself.
EMPTY = {'pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_stat_tmp', 'pg_subtrans'}


def copy(name, into):
    """A file may go while the leader works: what it held is in the log."""
    try:
        shutil.copy2(name, into)
    except FileNotFoundError:
        pass


connection = psycopg2.connect(options['connstring'])
connection.autocommit = True
cursor = connection.cursor()
cursor.execute('show data_directory')
source = cursor.fetchone()[0]
cursor.execute("select pg_backup_start('standby', true)")
shutil.rmtree(to, ignore_errors=True)
os.makedirs(to, mode=0o700)
for folder, folders, files in os.walk(source):
    place = os.path.relpath(folder, source)
    for name in folders:
        os.makedirs(os.path.join(to, place, name), mode=0o700, exist_ok=True)
    if place.split(os.sep)[0] in EMPTY:
        continue
    for name in files:
        if not name.startswith(('postmaster.', 'pgsql_tmp')):
            copy(os.path.join(folder, name), os.path.join(to, place, name))
cursor.execute('select labelfile from pg_backup_stop(false)')
with open(os.path.join(to, 'backup_label'), 'w', encoding='utf8') as file:
    file.write(cursor.fetchone()[0])
