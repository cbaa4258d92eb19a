#!/bin/sh
# Creates Flexor's namespace. Conversations end weeks after delivery, when the settlement is done; their histories
# stay readable for 400 days after that. Safe to run again.
set -eu
temporal operator namespace describe -n "$TEMPORAL_NAMESPACE" --address "$TEMPORAL_ADDRESS" >/dev/null 2>&1 ||
  temporal operator namespace create -n "$TEMPORAL_NAMESPACE" --address "$TEMPORAL_ADDRESS" --retention 400d
