#!/bin/sh
# One job of a pipeline, from variables to words of the command line. It stands beside action.yml, which is the only
# thing that runs it; whatever needs thought is in `syncengine ci`, which GitLab uses as it is.
set -eu

case "$JOB" in
plan | apply | drift) ;;
*)
    echo "job is \"$JOB\"; it must be plan, apply or drift" >&2
    exit 64
    ;;
esac

set -- ci "$JOB" --project "$PROJECT" --folder "$FOLDER"
if [ "$JOB" != drift ]; then
    set -- "$@" --sha "$SHA"
    if [ -n "$PULL" ]; then set -- "$@" --pull "$PULL"; fi
fi
if [ "$JOB" = plan ] && [ -n "$EXPORT" ]; then
    set -- "$@" --ledger-export "$EXPORT"
    if [ -n "$BASE" ]; then set -- "$@" --base "$BASE"; fi
fi
if [ "$JOB" = apply ] && [ "$SELF" = true ]; then set -- "$@" --self-approval; fi
if [ -n "$OPTIONS" ]; then
    set -f
    # shellcheck disable=SC2086 # parted at blanks on purpose
    set -- "$@" -- $OPTIONS
fi
exec syncengine "$@"
