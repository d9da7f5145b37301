#include "compile/duration.h"

#include <algorithm>

#include "values/decimal.h"
#include "values/format.h"
#include "values/locale.h"
#include "values/value.h"

namespace countersign::compile {
namespace {

enum UnitOrder : size_t { kYear, kMonth, kWeek, kDay, kHour, kMinute, kSecond, kUnitCount };
constexpr std::string_view kUnits[kUnitCount] = {"Y", "MO", "W", "D", "H", "MIN", "S"};

// For each unit one, few, many, other; languages without few and many have other there.
struct Names {
  std::string_view language;
  std::string_view names[kUnitCount][4];
};
constexpr Names kNames[] = {
    {"en",
     {{"year", "years", "years", "years"},
      {"month", "months", "months", "months"},
      {"week", "weeks", "weeks", "weeks"},
      {"day", "days", "days", "days"},
      {"hour", "hours", "hours", "hours"},
      {"minute", "minutes", "minutes", "minutes"},
      {"second", "seconds", "seconds", "seconds"}}},
    {"de",
     {{"Jahr", "Jahre", "Jahre", "Jahre"},
      {"Monat", "Monate", "Monate", "Monate"},
      {"Woche", "Wochen", "Wochen", "Wochen"},
      {"Tag", "Tage", "Tage", "Tage"},
      {"Stunde", "Stunden", "Stunden", "Stunden"},
      {"Minute", "Minuten", "Minuten", "Minuten"},
      {"Sekunde", "Sekunden", "Sekunden", "Sekunden"}}},
    {"es",
     {{"a\u00F1o", "a\u00F1os", "a\u00F1os", "a\u00F1os"},
      {"mes", "meses", "meses", "meses"},
      {"semana", "semanas", "semanas", "semanas"},
      {"d\u00EDa", "d\u00EDas", "d\u00EDas", "d\u00EDas"},
      {"hora", "horas", "horas", "horas"},
      {"minuto", "minutos", "minutos", "minutos"},
      {"segundo", "segundos", "segundos", "segundos"}}},
    {"fr",
     {{"an", "ans", "ans", "ans"},
      {"mois", "mois", "mois", "mois"},
      {"semaine", "semaines", "semaines", "semaines"},
      {"jour", "jours", "jours", "jours"},
      {"heure", "heures", "heures", "heures"},
      {"minute", "minutes", "minutes", "minutes"},
      {"seconde", "secondes", "secondes", "secondes"}}},
    {"it",
     {{"anno", "anni", "anni", "anni"},
      {"mese", "mesi", "mesi", "mesi"},
      {"settimana", "settimane", "settimane", "settimane"},
      {"giorno", "giorni", "giorni", "giorni"},
      {"ora", "ore", "ore", "ore"},
      {"minuto", "minuti", "minuti", "minuti"},
      {"secondo", "secondi", "secondi", "secondi"}}},
    {"nl",
     {{"jaar", "jaar", "jaar", "jaar"},
      {"maand", "maanden", "maanden", "maanden"},
      {"week", "weken", "weken", "weken"},
      {"dag", "dagen", "dagen", "dagen"},
      {"uur", "uur", "uur", "uur"},
      {"minuut", "minuten", "minuten", "minuten"},
      {"seconde", "seconden", "seconden", "seconden"}}},
    {"pl",
     {{"rok", "lata", "lat", "roku"},
      {"miesi\u0105c", "miesi\u0105ce", "miesi\u0119cy", "miesi\u0105ca"},
      {"tydzie\u0144", "tygodnie", "tygodni", "tygodnia"},
      {"dzie\u0144", "dni", "dni", "dnia"},
      {"godzina", "godziny", "godzin", "godziny"},
      {"minuta", "minuty", "minut", "minuty"},
      {"sekunda", "sekundy", "sekund", "sekundy"}}},
    {"pt",
     {{"ano", "anos", "anos", "anos"},
      {"m\u00EAs", "meses", "meses", "meses"},
      {"semana", "semanas", "semanas", "semanas"},
      {"dia", "dias", "dias", "dias"},
      {"hora", "horas", "horas", "horas"},
      {"minuto", "minutos", "minutos", "minutos"},
      {"segundo", "segundos", "segundos", "segundos"}}},
    {"sv",
     {{"\u00E5r", "\u00E5r", "\u00E5r", "\u00E5r"},
      {"m\u00E5nad", "m\u00E5nader", "m\u00E5nader", "m\u00E5nader"},
      {"vecka", "veckor", "veckor", "veckor"},
      {"dag", "dagar", "dagar", "dagar"},
      {"timme", "timmar", "timmar", "timmar"},
      {"minut", "minuter", "minuter", "minuter"},
      {"sekund", "sekunder", "sekunder", "sekunder"}}},
};

// CLDR's plural rules of these languages, of what is written: "1.0" has a fraction.
size_t PluralOf(std::string_view language, std::string_view number) {
  size_t point = number.find('.');
  std::string_view whole = number.substr(0, point);
  while (whole.size() > 1 && whole[0] == '0') whole.remove_prefix(1);
  bool fraction = point != std::string_view::npos;
  if (language == "fr" || language == "pt") return whole == "0" || whole == "1" ? 0 : 3;
  if (language == "es") {
    bool zeros = !fraction || number.find_first_not_of('0', point + 1) == std::string_view::npos;
    return whole == "1" && zeros ? 0 : 3;
  }
  if (fraction) return 3;
  if (whole == "1") return 0;
  if (language != "pl") return 3;
  bool teen = whole.size() > 1 && whole[whole.size() - 2] == '1';
  return whole.back() >= '2' && whole.back() <= '4' && !teen ? 1 : 2;
}

}  // namespace

std::optional<String> SpellDuration(std::string_view number, std::string_view unit,
                                    std::string_view locale) {
  const auto* found = std::find(std::begin(kUnits), std::end(kUnits), unit);
  auto index = static_cast<size_t>(found - std::begin(kUnits));
  bool calendar = index <= kDay && number.find('.') == std::string_view::npos;
  if (index == kUnitCount || calendar || number.starts_with('-')) return std::nullopt;
  auto value = values::Decimal::Parse(number);
  auto rules = values::Locale::Find(locale);
  if (!value || !rules || number.find_first_of("123456789") == std::string_view::npos)
    return std::nullopt;
  std::string_view language = locale.substr(0, 2);
  const Names* names = &kNames[0];
  for (const Names& each : kNames) {
    if (each.language == language) names = &each;
  }
  auto shown =
      values::FormatValue(values::Value::Of(*value), *values::Format::Parse("number"), *rules);
  if (!shown) return std::nullopt;
  return *shown + " " + String(names->names[index][PluralOf(language, number)]);
}

}  // namespace countersign::compile
