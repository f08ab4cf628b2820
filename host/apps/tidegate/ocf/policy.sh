#!/bin/sh
# ocf:tidegate:policy: a resource by a Tidegate policy. What it does is in the program.
exec "${0%/*}/../../../../bin/tidegate" ocf "$@"
