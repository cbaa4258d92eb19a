#!/bin/sh
# Installs what the deployment tests want and CI machines may lack: a parser of compose files. Needs Debian or a
# descendant, and root; anywhere else it does nothing, and those tests say that they were skipped.
set -eu
if docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then exit 0; fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends docker-compose-v2 ||
  apt-get install -y -qq --no-install-recommends docker-compose
