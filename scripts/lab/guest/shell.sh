# shellcheck shell=bash
# What an interactive shell in the guest starts with.
# shellcheck source=scripts/lab/guest/rxe.sh
. "$LAB_ROOT/scripts/lab/guest/rxe.sh"
# shellcheck source=scripts/lab/guest/checks.sh
. "$LAB_ROOT/scripts/lab/guest/checks.sh"
# shellcheck source=scripts/lab/guest/suite.sh
. "$LAB_ROOT/scripts/lab/guest/suite.sh"
PS1='lab:\w# '
cat <<END
rxe0 is up at $lab_address. /out is this run's folder; 'kog' is the command line, with the native provider.
END
