// The language of an agreement, by its words, and what its lines to sign are called in it.
#include <algorithm>

#include "base/bytes.h"
#include "import/importer.h"

namespace countersign::importing {

namespace {

// Lists are words with a bar on both sides.
struct Language {
  std::string_view locale, name;
  std::string_view words;  // that its contracts are full of
  std::string_view signs, dates, fills;
  LocalWords added;  // that an import writes itself
};

constexpr Language kLanguages[] = {
    {"en",
     "English",
     "|the|and|shall|this|that|with|by|any|be|will|which|under|of|to|agreement|between|",
     "|signature|sign|signed|signed by|by|sign here|authorized signature|authorised "
     "signature|authorized "
     "signatory|authorised signatory|x|",
     "|date|date signed|",
     "|name|print name|printed name|full "
     "name|title|position|company|address|place|its|email|e-mail|"
     "phone|telephone|mobile|fax|website|",
     {"Signatures", "Signature", "Name", "Date", "Party", "choice"}},
    {"de",
     "German",
     "|der|die|das|und|ist|nicht|wird|zwischen|von|für|mit|des|dem|den|oder|vertrag|datum|ort|"
     "unterschrift|vereinbarung|",
     "|unterschrift|unterzeichnet|gezeichnet|unterzeichner|",
     "|datum|",
     "|name|vorname|nachname|funktion|position|titel|firma|anschrift|adresse|ort|ort datum|in|",
     {"Unterschriften", "Unterschrift", "Name", "Datum", "Partei", "Auswahl"}},
    {"es",
     "Spanish",
     "|el|los|las|y|del|con|una|por|este|esta|entre|contrato|fecha|firma|nombre|que|se|",
     "|firma|firmado|firmado por|fdo|",
     "|fecha|",
     "|nombre|nombre y apellidos|apellidos|cargo|empresa|dirección|domicilio|lugar|dni|nif|",
     {"Firmas", "Firma", "Nombre", "Fecha", "Parte", "opción"}},
    {"fr",
     "French",
     "|le|les|des|et|du|est|dans|par|une|pour|entre|aux|contrat|qui|sur|nom|fait|",
     "|signature|signé|signé par|lu et approuvé|",
     "|date|le|",
     "|nom|prénom|nom et prénom|qualité|fonction|titre|société|adresse|lieu|lieu date|fait à|",
     {"Signatures", "Signature", "Nom", "Date", "Partie", "choix"}},
    {"it",
     "Italian",
     "|il|gli|della|dei|delle|del|di|che|per|con|una|tra|contratto|data|firma|nome|",
     "|firma|firmato|firmato da|sottoscritto|",
     "|data|",
     "|nome|cognome|nome e cognome|qualifica|carica|società|indirizzo|luogo|luogo data|",
     {"Firme", "Firma", "Nome", "Data", "Parte", "scelta"}},
    {"pt",
     "Portuguese",
     "|os|do|da|em|não|que|para|uma|com|pelo|contrato|assinatura|data|nome|e|",
     "|assinatura|assinado|assinado por|",
     "|data|",
     "|nome|cargo|empresa|endereço|local|local data|",
     {"Assinaturas", "Assinatura", "Nome", "Data", "Parte", "opção"}},
    {"nl",
     "Dutch",
     "|het|een|van|niet|tussen|voor|wordt|met|overeenkomst|handtekening|datum|naam|",
     "|handtekening|getekend|ondertekend door|",
     "|datum|",
     "|naam|functie|bedrijf|adres|plaats|plaats datum|",
     {"Handtekeningen", "Handtekening", "Naam", "Datum", "Partij", "keuze"}},
    {"pl",
     "Polish",
     "|i|w|na|z|oraz|się|nie|do|umowa|umowy|podpis|strony|data|między|",
     "|podpis|podpisano|",
     "|data|",
     "|imię i nazwisko|imię|nazwisko|stanowisko|firma|adres|miejscowość|miejscowość data|",
     {"Podpisy", "Podpis", "Imię i nazwisko", "Data", "Strona", "wybór"}},
    {"sv",
     "Swedish",
     "|och|att|det|som|av|är|för|mellan|inte|avtal|avtalet|underskrift|namn|datum|ort|",
     "|underskrift|namnteckning|undertecknat|",
     "|datum|",
     "|namn|namnförtydligande|titel|befattning|företag|adress|ort|ort datum|",
     {"Underskrifter", "Underskrift", "Namn", "Datum", "Part", "val"}},
};

bool IsIn(std::string_view list, std::string_view word) {
  return !word.empty() && list.find("|" + String(word) + "|") != std::string_view::npos;
}

bool IsPartOfWord(char c) { return IsLetter(c) || static_cast<unsigned char>(c) >= 0x80; }

const Language& Of(std::string_view locale) {
  for (const Language& language : kLanguages) {
    if (language.locale == locale) return language;
  }
  return kLanguages[0];
}

}  // namespace

// The language whose words the text is full of, where no other one comes near.
void Importer::FindLanguage() {
  constexpr size_t kCount = std::size(kLanguages);
  size_t counts[kCount] = {};
  std::unordered_map<String, uint32_t> known;  // which languages have a word
  for (size_t k = 0; k < kCount; ++k) {
    std::string_view words = kLanguages[k].words.substr(1);
    while (!words.empty()) {
      size_t end = words.find('|');
      known[String(words.substr(0, end))] |= 1U << k;
      words.remove_prefix(end + 1);
    }
  }
  for (const Line& line : lines_) {
    std::string_view text = line.text;
    for (size_t i = 0; i < text.size();) {
      size_t begin = i;
      while (i < text.size() && IsPartOfWord(text[i])) ++i;
      if (i == begin || i - begin > 20) {
        i += i == begin;
        continue;
      }
      auto it = known.find(LowerText(text.substr(begin, i - begin)));
      // A word that only one of them has says more.
      bool only = it != known.end() && (it->second & (it->second - 1)) == 0;
      for (size_t k = 0; it != known.end() && k < kCount; ++k)
        counts[k] += (it->second >> k & 1U) * (only ? 3 : 1);
    }
  }
  size_t best = 0, second = 0;
  for (size_t k = 1; k < kCount; ++k) best = counts[k] > counts[best] ? k : best;
  for (size_t k = 0; k < kCount; ++k) second = k == best ? second : std::max(second, counts[k]);
  language_found_ = counts[best] >= 9 && counts[best] >= 2 * second;
  if (!language_found_ || best == 0) return;
  locale_ = kLanguages[best].locale;
  Note(SIZE_MAX, "locale",
       "The words are " + String(kLanguages[best].name) + ": numbers and dates are written as in " +
           locale_);
}

const LocalWords& Importer::Local() const { return Of(locale_).added; }

static String Bare(std::string_view label) {
  String what = LowerText(Plain(label));
  while (what.ends_with(':') || what.ends_with(' ') || what.ends_with('.')) what.pop_back();
  if (size_t comma = what.find(", "); comma != String::npos) what.erase(comma, 1);
  return what;
}

// "Signature et cachet de l'entreprise", "Unterschrift und Stempel": where who signs puts a stamp,
// too.
static String WithoutStamp(String label) {
  for (std::string_view stamp :
       {" and stamp", " & stamp", " and seal", " & seal", " und stempel", " und firmenstempel",
        " et cachet", " et tampon", " y sello", " e timbro", " e carimbo", " en stempel"}) {
    if (size_t at = label.find(stamp); at != String::npos) label.resize(at);
  }
  return label;
}

// In English, in the language of the text, and in those where the word means nothing else: a
// "Firma" is a company in German, and a signature in Spanish.
bool Importer::IsLabelToSign(std::string_view label) const {
  String what = WithoutStamp(Bare(label));
  for (const Language& language : kLanguages) {
    if (IsIn(language.signs, what) && (what != "firma" || language.locale == locale_)) return true;
  }
  return false;
}

// "Signature", "Unterschrift" itself, rather than "Signed by", which says something about what
// follows.
bool Importer::IsNounToSign(std::string_view label) {
  String what = WithoutStamp(Bare(label));
  for (const Language& language : kLanguages) {
    if (what == LowerText(language.added.signature)) return true;
  }
  return false;
}

bool Importer::IsLabelOfDate(std::string_view label) const {
  String what = Bare(label);
  return IsIn(kLanguages[0].dates, what) || IsIn(Of(locale_).dates, what) || what == "datum" ||
         what == "fecha";
}

bool Importer::IsLabelToFill(std::string_view label) const {
  String what = Bare(label);
  return IsIn(kLanguages[0].fills, what) || IsIn(Of(locale_).fills, what);
}

// "Firma del arrendador", "Signature du Bailleur", "Unterschrift des Mieters": who signs.
String Importer::SignerBehind(std::string_view label) const {
  constexpr std::pair<std::string_view, std::string_view> kBegins[] = {
      {"", "signature of "},       {"es", "firma del "},
      {"es", "firma de la "},      {"es", "firma de "},
      {"it", "firma della "},      {"it", "firma dell'"},
      {"it", "firma del "},        {"it", "firma di "},
      {"", "signature du "},       {"", "signature de la "},
      {"", "signature de l'"},     {"", "signature de l’"},
      {"", "signature de "},       {"", "unterschrift des "},
      {"", "unterschrift der "},   {"", "unterschrift "},
      {"pt", "assinatura do "},    {"pt", "assinatura da "},
      {"pt", "assinatura de "},    {"nl", "handtekening van de "},
      {"nl", "handtekening van "}, {"nl", "handtekening "},
      {"pl", "podpis "},           {"sv", "underskrift "}};
  String lower = LowerText(label);
  for (const auto& [locale, begin] : kBegins) {
    if (lower.starts_with(begin) && (locale.empty() || locale == locale_))
      return String(Trim(label.substr(begin.size())));
  }
  return {};
}

}  // namespace countersign::importing
