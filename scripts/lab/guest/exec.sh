# shellcheck shell=sh
# Runs one command line with rxe up.
# shellcheck source=scripts/lab/guest/rxe.sh
. "$LAB_ROOT/scripts/lab/guest/rxe.sh"
sh -c "$(cat /out/command)" > /out/output 2>&1
