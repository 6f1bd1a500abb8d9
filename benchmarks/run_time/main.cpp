// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checks every gradient, then times them; an error in a case is an error of the run.
#include "measure.hpp"

namespace {
/// Prints as Google Benchmark does, and remembers whether a case ended in an error.
class strict_reporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& r : runs) failed_ = failed_ || r.error_occurred;
    ConsoleReporter::ReportRuns(runs);
  }
  bool failed() const { return failed_; }

 private:
  bool failed_ = false;
};
}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  bool right = bench::lennard_jones_agrees();
  right = bench::sin_exp_agrees() && right;
  right = bench::logistic_agrees() && right;
  right = bench::calls_agree() && right;
  right = bench::captures_agree() && right;
  right = bench::small_captures_agree() && right;
  right = bench::dynamic_extents_agree() && right;
  right = bench::column_sums_agree() && right;
  if (!right) return 1;
  strict_reporter reporter;
  bool ran = benchmark::RunSpecifiedBenchmarks(&reporter) > 0;
  return ran && !reporter.failed() ? 0 : 1;
}
