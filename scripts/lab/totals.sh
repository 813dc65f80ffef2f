# shellcheck shell=sh
# Sums of what ran in the guests, in the form in which Surefire prints them.

# print_totals FILE...: a line for each class and the sum. Lines have: class, test, passed|failed|skipped,
# seconds, reason, with tabs between. Returns 1 when something failed or nothing ran.
print_totals() {
  awk -F '\t' '
    function line(run, failed, skipped) {
      return "Tests run: " run ", Failures: " failed ", Errors: 0, Skipped: " skipped
    }
    NF >= 3 {
      if (!($1 in run)) order[++classes] = $1
      run[$1]++; seconds[$1] += $4; all++
      if ($3 == "failed") { failed[$1]++; allFailed++; failures[allFailed] = $1 " " $2 ": " $5 }
      if ($3 == "skipped") { skipped[$1]++; allSkipped++ }
    }
    END {
      for (i = 1; i <= classes; i++) {
        c = order[i]
        print line(run[c], failed[c] + 0, skipped[c] + 0) ", Time elapsed: " sprintf("%.1f", seconds[c]) " s -- in " c
      }
      if (allFailed) print "\nFailures:"
      for (i = 1; i <= allFailed; i++) print "  " failures[i]
      print "\nResults:\n\n" line(all + 0, allFailed + 0, allSkipped + 0)
      exit (allFailed > 0 || all == 0)
    }' "$@"
}
