-- Run once, by the Postgres image, when its volume is new. One role a process: only the owner, as which migrations
-- run, may change tables; api and worker read and write rows. The append-only tables refuse changes by trigger.
\set ON_ERROR_STOP on
\set owner_password `cat /run/secrets/owner_password`
\set api_password `cat /run/secrets/api_password`
\set worker_password `cat /run/secrets/worker_password`
\set temporal_password `cat /run/secrets/temporal_password`

CREATE ROLE flexor_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE flexor_api LOGIN PASSWORD :'api_password';
CREATE ROLE flexor_worker LOGIN PASSWORD :'worker_password';
-- Temporal's schema tool creates its own two databases.
CREATE ROLE temporal LOGIN CREATEDB PASSWORD :'temporal_password';

CREATE DATABASE flexor OWNER flexor_owner;
REVOKE ALL ON DATABASE flexor FROM PUBLIC;
GRANT CONNECT ON DATABASE flexor TO flexor_api, flexor_worker;

\connect flexor
ALTER DEFAULT PRIVILEGES FOR ROLE flexor_owner
  GRANT SELECT, INSERT, UPDATE ON TABLES TO flexor_api;
ALTER DEFAULT PRIVILEGES FOR ROLE flexor_owner
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO flexor_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE flexor_owner
  GRANT USAGE, SELECT ON SEQUENCES TO flexor_api, flexor_worker;
