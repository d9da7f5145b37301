// Short spellings for the tests of this room.
#ifndef COUNTERSIGN_TESTS_UNIT_VALUES_RESULTS_H_
#define COUNTERSIGN_TESTS_UNIT_VALUES_RESULTS_H_

#include <gtest/gtest.h>

#include <string_view>

#include "base/result.h"
#include "values/date.h"
#include "values/decimal.h"
#include "values/money.h"

namespace countersign::values {

// The value of a result that the test relies on.
template <class T>
T Get(Result<T> result) {
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message());
  if (!result) std::abort();
  return *std::move(result);
}

// The code of the error, "ok" where there is none.
template <class T>
std::string_view CodeOf(const Result<T>& result) {
  return result ? "ok" : result.error().name();
}

inline Decimal Dec(std::string_view text) { return Get(Decimal::Parse(text)); }
inline Money Eur(std::string_view amount) { return Get(ParseMoney(amount, "EUR")); }
inline Date Day(std::string_view text) { return Get(Date::Parse(text)); }
inline Period Span(std::string_view text) { return Get(Period::Parse(text)); }

}  // namespace countersign::values

#endif  // COUNTERSIGN_TESTS_UNIT_VALUES_RESULTS_H_
