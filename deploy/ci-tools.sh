#!/bin/sh
# Installs what the deployment tests want and CI machines may lack: a parser of compose files, and psql. Needs Debian
# or a descendant, and root; anywhere else it does nothing, and those tests say that they were skipped.
set -eu
wanted=''
docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null 2>&1 || wanted='docker-compose'
command -v psql >/dev/null 2>&1 || wanted="$wanted postgresql-client"
if [ -z "$wanted" ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then exit 0; fi
apt-get update -qq
# Newer releases have dropped the package of this name for the plugin.
for package in $wanted; do
  apt-get install -y -qq --no-install-recommends "$package" ||
    { [ "$package" = docker-compose ] && apt-get install -y -qq --no-install-recommends docker-compose-v2; }
done
