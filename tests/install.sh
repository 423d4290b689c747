#!/bin/sh
# Installs the Debian packages named that are missing, and says so; quick when there are none.
set -eu
missing=
for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' && continue
    # Node.js may have come by another way than Debian's package.
    case $package in nodejs | npm) command -v "${package%js}" >/dev/null 2>&1 && continue ;; esac
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
echo "installing with apt (needed to build or test hallcall):$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# shellcheck disable=SC2086
$sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
