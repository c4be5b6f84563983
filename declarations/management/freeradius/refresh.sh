#!/bin/sh
# @SCHOOL@: fetches the local list anew; nothing happens while it is unchanged. For cron, every ten minutes:
#   */10 * * * * root /usr/local/sbin/@NAME@_refresh
# The list is only asked while the declarations server gives no answer; then it is as old as its last refresh.
set -eu
confdir=${1:-/etc/freeradius/3.0}
list=$confdir/mods-config/@NAME@/authorized_macs
fresh=$list.fresh
token=$(sed -n 's/^@NAME@_token = "\(.*\)"$/\1/p' "$confdir/@NAME@_token.conf")

# The token goes in by standard input, so that it is in no list of processes.
printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --config - --fail --silent --show-error --max-time 20 --etag-compare "$list.etag" --etag-save "$list.etag.fresh" --output "$fresh" \
        "@LIST@"

# Unchanged: curl wrote nothing.
[ -s "$fresh" ] || exit 0
chmod 0640 "$fresh"
[ "$(id -u)" -ne 0 ] || chgrp freerad "$fresh"
mv "$fresh" "$list"
mv "$list.etag.fresh" "$list.etag"
[ "$(id -u)" -ne 0 ] || systemctl reload freeradius
