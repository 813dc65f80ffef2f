# shellcheck shell=sh
# The suite that every provider passes, on the native one.
suite conformance
