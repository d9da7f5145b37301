#include "values/money.h"

#include <utility>

namespace countersign::values {
namespace {

// ISO 4217 list one, funds codes included, by number of decimals. Codes without a minor unit (XAU,
// XDR, XTS, ...) are left out: nothing can be paid in them.
struct MinorUnit {
  int digits;
  std::string_view codes;
};
constexpr MinorUnit kMinorUnits[] = {
    {2,
     "AEDAFNALLAMDAOAARSAUDAWGAZNBAMBBDBDTBMDBNDBOBBOVBRLBSDBTNBWPBYNBZDCADCDFCHECHFCHWCNYCOPCOUCRC"
     "CUP"
     "CVECZKDKKDOPDZDEGPERNETBEURFJDFKPGBPGELGHSGIPGMDGTQGYDHKDHNLHTGHUFIDRILSINRIRRJMDKESKGSKHRKPW"
     "KYD"
     "KZTLAKLBPLKRLRDLSLMADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMXNMXVMYRMZNNADNGNNIONOKNPRNZDPABPENPGKPHP"
     "PKR"
     "PLNQARRONRSDRUBSARSBDSCRSDGSEKSGDSHPSLESOSSRDSSPSTNSVCSYPSZLTHBTJSTMTTOPTRYTTDTWDTZSUAHUSDUSN"
     "UYU"
     "UZSVEDVESWSTXADXCDXCGYERZARZMWZWG"},
    {0, "BIFCLPDJFGNFISKJPYKMFKRWPYGRWFUGXUYIVNDVUVXAFXOFXPF"},
    {3, "BHDIQDJODKWDLYDOMRTND"},
    {4, "CLFUYW"},
};

Error Mixed(const Money& a, const Money& b) {
  return Error(ErrorCode::kValuesCurrencyMix, a.currency.Code() + " and " + b.currency.Code());
}

Result<Money> InCurrency(Result<Decimal> amount, Currency currency) {
  if (!amount) return std::move(amount.error());
  return Money{*amount, currency};
}

}  // namespace

Result<Currency> Currency::Parse(std::string_view code) {
  if (code.size() == 3) {
    for (const MinorUnit& unit : kMinorUnits) {
      for (size_t i = 0; i < unit.codes.size(); i += 3) {
        if (unit.codes.substr(i, 3) != code) continue;
        uint32_t packed = 0;
        for (char c : code) packed = packed << 8 | static_cast<uint8_t>(c);
        return Currency(packed << 8 | static_cast<uint32_t>(unit.digits));
      }
    }
  }
  return Error(ErrorCode::kValuesUnknownCurrency, code.substr(0, 16));
}

String Currency::Code() const {
  String code;
  if (IsNone()) return code;
  for (int shift : {24, 16, 8}) code += static_cast<char>(packed_ >> shift & 0xff);
  return code;
}

Result<Money> ParseMoney(std::string_view amount, std::string_view currency) {
  Currency parsed = CS_TRY(Currency::Parse(currency));
  return InCurrency(Decimal::Parse(amount), parsed);
}

String ToString(const Money& money) {
  return money.amount.ToString() + " " + money.currency.Code();
}

Result<Money> Add(const Money& a, const Money& b) {
  if (a.currency != b.currency) return Mixed(a, b);
  return InCurrency(Add(a.amount, b.amount), a.currency);
}

Result<Money> Subtract(const Money& a, const Money& b) {
  return Add(a, Money{b.amount.Negate(), b.currency});
}

Result<Money> Multiply(const Money& money, const Decimal& factor) {
  return InCurrency(Multiply(money.amount, factor), money.currency);
}

Result<Money> Divide(const Money& money, const Decimal& divisor) {
  return InCurrency(Divide(money.amount, divisor), money.currency);
}

Result<Decimal> Ratio(const Money& a, const Money& b) {
  if (a.currency != b.currency) return Mixed(a, b);
  return Divide(a.amount, b.amount);
}

Result<std::strong_ordering> Compare(const Money& a, const Money& b) {
  if (a.currency != b.currency) return Mixed(a, b);
  return Compare(a.amount, b.amount);
}

Result<Money> Round(const Money& money, int digits, Rounding rounding) {
  return InCurrency(money.amount.Round(digits, rounding), money.currency);
}

Result<Money> ToPayable(const Money& money) {
  return InCurrency(money.amount.WithDigits(money.currency.minor_digits()), money.currency);
}

}  // namespace countersign::values
