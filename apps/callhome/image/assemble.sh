#!/bin/sh
# Puts together what the image holds: assemble.sh SOURCE OUT
# Run by the Dockerfile; or before, by `npm run image:stage`, for a base that has neither npm nor a way to a registry.
set -eu
source=$(cd "$1" && pwd)
rm -rf "$2"
mkdir -p "$2/geo"
out=$(cd "$2" && pwd)
cp -R "$source/package.json" "$source/src" "$source/migrations" "$out/"
cp "$source/image/package-lock.json" "$out/package-lock.json"
cd "$out"
npm ci --ignore-scripts
npm run build
npm prune --omit=dev --ignore-scripts
rm -rf src package-lock.json
# Extensions of PGlite that are not used, and maps and types that nothing reads at run time.
rm -f node_modules/@electric-sql/pglite/dist/*.tar.gz
find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.md' \) -delete
# Which address belongs to which country: IPFire's data (CC BY-SA 4.0), as Debian updates it. Without apt the tables stay
# empty: the small built-in one is used then, and the health page shows it.
if command -v apt-get > /dev/null && [ ! -e /usr/share/tor/geoip ]; then
  apt-get update && apt-get install -y --no-install-recommends tor-geoipdb
fi
if [ -e /usr/share/tor/geoip ]; then
  cp /usr/share/tor/geoip /usr/share/tor/geoip6 /usr/share/doc/tor-geoipdb/copyright geo/
else
  touch geo/geoip geo/geoip6
fi
