// The bench contract: 60 sections, 40 of them under a condition, 80 printed values, 39 kB, and as
// many clauses more as asked for. The same source for the same number.
#ifndef COUNTERSIGN_TESTS_SUPPORT_BENCH_CONTRACT_H_
#define COUNTERSIGN_TESTS_SUPPORT_BENCH_CONTRACT_H_

#include "base/string.h"

namespace countersign::testing {

inline String BenchSource(int clauses) {
  String source =
      "---\ntemplate: bench\nversion: 1\ntitle: Bench Agreement\nlocale: en\n"
      "roles:\n  customer: {label: Customer, signs: true}\nfields:\n"
      "  customerName: {type: string, label: Customer}\n"
      "  seats: {type: int, label: Seats, min: 1, max: 5000}\n"
      "  unitPrice: {type: money, currency: EUR, label: Price}\n"
      "  uptime: {type: decimal, label: Uptime}\n"
      "  start: {type: date, label: Start}\n"
      "  country: {type: string, label: Country}\n"
      "  vip: {type: bool, label: Vip}\n"
      "computed:\n  monthly: seats * unitPrice\n  annual: monthly * 12\n"
      "---\nBetween {{= customerName }} and us, from {{= start | date }}.\n\n";
  constexpr const char* kConditions[] = {"seats > 100",
                                         "uptime >= 99.9",
                                         "vip",
                                         "country == 'DE' && seats >= 10",
                                         "annual > money('50000.00', 'EUR')",
                                         "country in ['DE', 'FR', 'ES']"};
  constexpr const char* kTexts[] = {
      "The fee is {{= monthly | money }} a month and {{= annual | money }} a year for {{= seats | "
      "number }} seats.",
      "{{= customerName }} pays within 30 days of the date of the invoice, without deduction.",
      "Availability is at least {{= uptime | number }} % of each calendar month, as measured by "
      "the provider."};
  for (int i = 0; i < clauses; ++i) {
    String number = NumberText(i);
    source += "# Clause " + number + " {#clause" + number;
    if (i % 3 != 0) source += String(" when=\"") + kConditions[i % 6] + "\"";
    source += "}\n\n";
    source += String(kTexts[i % 3]) + "\n\n";
    source +=
        "Each party performs its duties with the care of a prudent merchant, keeps the other "
        "informed of what may delay "
        "them, and bears the costs of its own people. A failure to insist on a right in one case "
        "is no waiver of it in "
        "another.";
    // With this sentence 2,000 clauses would pass the bound of a source, 1 MB.
    if (clauses <= 1000) {
      source +=
          " Where a provision proves void, the rest stands, and the parties put in its place "
          "one that comes as near to what they wanted as the law allows; the same holds for a gap "
          "that they did not see.";
    }
    source += "\n\n1. Notices need text form.\n2. They go to the addresses above.\n\n";
  }
  return source + "{{sign: mark, role=customer}}\n";
}

// Values with which about half of the conditions hold.
inline constexpr const char* kBenchValues =
    R"({"country":"DE","customerName":"Hansa Robotics GmbH","seats":120,"start":"2027-01-01","unitPrice":["39.90","EUR"],"uptime":"99.5","vip":false})";

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_BENCH_CONTRACT_H_
