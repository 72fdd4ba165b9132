#!/usr/bin/python3
"""Whether a Postgres takes connections, as Patroni asks it, where there is no pg_isready: the embedded Postgres has none."""

import sys

import psycopg2

NAMES = {'-h': 'host', '-p': 'port', '-d': 'dbname', '-U': 'user'}
ACCEPTS, REFUSES, SAYS_NOTHING = 0, 1, 2

given = {NAMES[name]: value for name, value in zip(sys.argv[1:], sys.argv[2:]) if name in NAMES}
try:
    psycopg2.connect(connect_timeout=3, **given).close()
except psycopg2.OperationalError as error:
    if 'system is' in str(error):  # starting up, shutting down, in recovery
        sys.exit(REFUSES)
    if 'FATAL' not in str(error) and 'password' not in str(error):
        sys.exit(SAYS_NOTHING)
sys.exit(ACCEPTS)
