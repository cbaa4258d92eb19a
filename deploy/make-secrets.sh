#!/bin/sh
# Makes the passwords that docker-compose.yml mounts. Keeps what is there. Usage: deploy/make-secrets.sh [FOLDER]
set -eu
folder="${1:-deploy/local}/secrets"
umask 077
mkdir -p "$folder"
chmod 700 "$folder"

# Postgres and Temporal run as users of their own and must read these files, so it is the folder that keeps
# everyone else on this machine out.
readable() { chmod 644 "$folder/$1"; }

for role in postgres owner api worker temporal; do
  file="$folder/${role}_password"
  if [ ! -s "$file" ]; then
    head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$file"
  fi
  readable "${role}_password"
done

for role in owner api worker; do
  printf 'postgresql://flexor_%s:%s@postgres:5432/flexor\n' "$role" "$(cat "$folder/${role}_password")" \
    >"$folder/${role}_database_url"
done
