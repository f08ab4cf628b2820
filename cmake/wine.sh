#!/bin/sh
# Runs a Windows program under Wine, without a display: CMAKE_CROSSCOMPILING_EMULATOR of the preset
# `windows`. PREFIX is the folder of Wine's drive C and registry (700 MB), one for each build folder.
#
#   wine.sh PREFIX PROGRAM [ARG...]
#   wine.sh PREFIX --start    makes the prefix if need be and starts Wine's services
#   wine.sh PREFIX --stop     ends all that runs in the prefix
#
# Why services start apart from programs: they would inherit a program's output, and whoever reads
# that waits for them. Why the wait after wineboot: the first driver would not load otherwise.
WINEPREFIX=$1
shift
unset DISPLAY WAYLAND_DISPLAY
: "${WINEDEBUG:=-all}"
export WINEPREFIX WINEDEBUG WINEARCH=win64 WINEDLLOVERRIDES="mscoree,mshtml,winedbg.exe="
for wine in /usr/lib/wine/wine64 "$(command -v wine64)" "$(command -v wine)"; do
  [ -x "$wine" ] && break
done
for server in /usr/lib/wine/wineserver64 "$(command -v wineserver)"; do
  [ -x "$server" ] && break
done
if ! [ -x "$wine" ] || ! [ -x "$server" ]; then
  echo "wine.sh: no Wine here (Debian: apt-get install wine wine64)" >&2
  exit 127
fi

running() { "$server" -k0 >/dev/null 2>&1; }

start() {
  mkdir -p "$WINEPREFIX" || exit
  (
    flock 9 # two programs may begin at once
    if ! [ -f "$WINEPREFIX/tidegate.ready" ]; then
      "$wine" wineboot -i </dev/null >/dev/null 2>&1 9>&- && "$server" -w 9>&- &&
        : >"$WINEPREFIX/tidegate.ready"
    fi
    running && exit
    "$server" -p60 </dev/null >/dev/null 2>&1 9>&- # stays a minute after the last program
    "$wine" cmd /c exit </dev/null >/dev/null 2>&1 9>&-
  ) 9>"$WINEPREFIX/tidegate.lock"
  running
}

case $1 in
  --start) start ;;
  --stop)
    "$server" -k </dev/null >/dev/null 2>&1
    "$server" -w
    ;;
  *)
    running || start || exit 127
    exec "$wine" "$@"
    ;;
esac
