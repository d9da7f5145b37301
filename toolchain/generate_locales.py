#!/usr/bin/env python3
"""Writes core/values/locale_tables.inc from CLDR. Run by hand; the output is committed.

Needs Debian's package unicode-cldr-core (Unicode-DFS-2016). Usage: toolchain/generate_locales.py [cldr/common]
Whoever changes the output raises REVISION: the version of the table is part of the evidence, and an old contract
is evaluated again with the table it was made with.

One locale is one string of fields separated by newlines, in the order of `FIELDS`, which is that of the enum
Locale::Field in core/values/locale.h. Everything irregular that CLDR does not say is in `BESIDES_CLDR`.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

REVISION = 3
LOCALES = ["de", "de-AT", "de-CH", "en", "en-GB", "en-IN", "es", "es-MX", "fr", "fr-CA", "it", "nl", "pl", "pt",
           "pt-PT", "sv"]
CURRENCIES = ("AUD BRL CAD CHF CLP CNY COP CZK DKK EUR GBP HKD HUF ILS INR JPY KRW MXN NOK NZD PHP PLN RON SEK SGD THB "
              "TRY TWD USD VND XAF XCD XOF XPF ZAR").split()
ORDINAL_RULES = {"en": "e", "fr": "f", "sv": "s"}  # others have one suffix
PLURAL_RULES = {"fr": "f", "pt": "f", "pt-PT": "n", "pl": "p"}  # others: one is exactly 1
BESIDES_CLDR = {
    # "1er janvier": usage, and in no table.
    "first day": {"fr": "1er", "fr-CA": "1er"},
    # Calendar days. CLDR's unit is a span of 24 hours, with a word of its own here ("dygn", "doba").
    "days": {"sv": " dag| dagar", "pl": " dzień| dni| dni| dnia"},
}
FIELDS = []


def field(function):
    FIELDS.append(function)
    return function


class Locale:
    def __init__(self, common, tag):
        self.tag = tag
        self.language = tag.split("-")[0]
        parts = tag.split("-")
        names = ["_".join(parts[:n]) for n in range(len(parts), 0, -1)]
        supplemental = ElementTree.parse(common / "supplemental/supplementalData.xml")
        for rule in supplemental.iterfind("parentLocales/parentLocale"):
            if names[0] in rule.get("locales").split():
                names.insert(1, rule.get("parent"))
        self.plural = PLURAL_RULES.get(tag, PLURAL_RULES.get(self.language, "n"))
        self.main = [ElementTree.parse(common / f"main/{name}.xml").getroot() for name in names + ["root"]]
        self.rbnf = [ElementTree.parse(common / f"rbnf/{name}.xml").getroot() for name in names + ["root"]
                     if (common / f"rbnf/{name}.xml").exists()]

    def maybe(self, path, trees=None):
        for tree in trees or self.main:
            for element in tree.iterfind(path):
                if element.get("alt") is None and element.get("case") is None and element.text and element.text != "↑↑↑":
                    return element.text
        return None

    def find(self, path):
        text = self.maybe(path)
        if text is None:
            raise SystemExit(f"{self.tag}: nothing at {path}")
        return text


    def pattern(self, kind, inner):
        """The pattern of no particular length: those with a type are 'long' and 'short'."""
        for tree in self.main:
            for length in tree.iterfind(f"numbers/{kind}Formats[@numberSystem='latn']/{kind}FormatLength"):
                found = length.find(inner + "/pattern")
                if length.get("type") is None and found is not None:
                    return found.text
        raise SystemExit(f"{self.tag}: no {kind} pattern")


SYMBOLS = "numbers/symbols[@numberSystem='latn']/"


@field
def decimal_mark(locale):
    return locale.find(SYMBOLS + "decimal")


@field
def group_mark(locale):
    return locale.find(SYMBOLS + "group")


@field
def currency_group_mark(locale):
    if locale.maybe(SYMBOLS + "currencyDecimal") not in (None, decimal_mark(locale)):
        raise SystemExit(f"{locale.tag}: money has a decimal mark of its own")
    return locale.maybe(SYMBOLS + "currencyGroup") or group_mark(locale)


@field
def minus_sign(locale):
    return locale.find(SYMBOLS + "minusSign")


@field
def grouping(locale):
    """Two digits: how many digits stand before the first mark at least, and the size of the upper groups."""
    pattern = locale.pattern("decimal", "decimalFormat")
    upper = {"#,##0.###": "3", "#,##,##0.###": "2"}[pattern]
    return locale.find("numbers/minimumGroupingDigits") + upper


def with_number(pattern):
    """'#,##0.00 ¤' -> 'N ¤'."""
    return re.sub(r"[#,]+0(\.0+)?", "N", pattern)


@field
def currency_pattern(locale):
    positive, *negative = with_number(locale.pattern("currency", "currencyFormat[@type='standard']")).split(";")
    return positive + ";" + (negative[0] if negative else "-" + positive).replace("-", minus_sign(locale))


@field
def percent_pattern(locale):
    pattern = with_number(locale.pattern("percent", "percentFormat"))
    return pattern.replace("%", locale.find(SYMBOLS + "percentSign"))


@field
def currency_symbols(locale):
    """'USD$JPY¥': only where the symbol is not the code."""
    pairs = []
    for code in CURRENCIES:
        symbol = locale.maybe(f"numbers/currencies/currency[@type='{code}']/symbol")
        if symbol and symbol != code:
            pairs.append(code + symbol)
    return "|".join(pairs)


DATES = "dates/calendars/calendar[@type='gregorian']/"


def our_date(pattern):
    """CLDR's letters to ours: %d %D day (D: two digits), %m %M month, %b %B its name (B: wide), %y year."""
    tokens = {"d": "%d", "dd": "%D", "M": "%m", "MM": "%M", "MMM": "%b", "MMMM": "%B", "LLL": "%b", "y": "%y"}
    out = ""
    for quoted, letters, other in re.findall(r"'([^']*)'|([A-Za-z]+)|([^A-Za-z'])", pattern):
        out += tokens[letters] if letters else quoted or other
    return out


@field
def long_date(locale):
    return our_date(locale.find(DATES + "dateFormats/dateFormatLength[@type='long']/dateFormat/pattern"))


@field
def medium_date(locale):
    return our_date(locale.find(DATES + "dateFormats/dateFormatLength[@type='medium']/dateFormat/pattern"))


@field
def short_date(locale):
    """The numeric form with a whole year: CLDR's own short form has two digits of it."""
    return our_date(locale.find(DATES + "dateTimeFormats/availableFormats/dateFormatItem[@id='yMd']"))


def months(locale, width):
    base = DATES + "months/monthContext[@type='format']/monthWidth[@type='%s']/month[@type='%d']"
    return "|".join(locale.find(base % (width, month)) for month in range(1, 13))


@field
def wide_months(locale):
    return months(locale, "wide")


@field
def abbreviated_months(locale):
    return months(locale, "abbreviated")


@field
def first_day(locale):
    return BESIDES_CLDR["first day"].get(locale.tag, "1")


def list_separators(locale, kinds):
    """What stands between two items, and before the last of three or more. Between the others it is ', '."""
    def separator(part):
        for kind in kinds:  # root.xml says where a kind takes the missing parts from
            for tree in locale.main:
                for pattern in tree.iterfind("listPatterns/listPattern"):
                    if pattern.get("type") == kind and pattern.find(f"listPatternPart[@type='{part}']") is not None:
                        return re.fullmatch(r"\{0\}(.*)\{1\}",
                                            pattern.find(f"listPatternPart[@type='{part}']").text).group(1)
        raise SystemExit(f"{locale.tag}: no list pattern {kinds[0]} {part}")

    if separator("start") != ", " or separator("middle") != ", ":
        raise SystemExit(f"{locale.tag}: a list has an unusual separator")
    return separator("2") + "|" + separator("end")


@field
def list_and(locale):
    return list_separators(locale, [None])


@field
def list_or(locale):
    return list_separators(locale, ["or"])


@field
def list_units(locale):
    return list_separators(locale, ["unit", "unit-short", None])


def unit(locale, name):
    """' year| years': what follows the number, per plural class (one, few, many, other)."""
    texts = []
    for count in ["one", "few", "many", "other"] if locale.plural == "p" else ["one", "other"]:
        text = locale.find(
            f"units/unitLength[@type='long']/unit[@type='duration-{name}']/unitPattern[@count='{count}']")
        if not text.startswith("{0}"):
            raise SystemExit(f"{locale.tag}: {text!r} does not begin with the number")
        texts.append(text[3:])
    return "|".join(texts)


@field
def years(locale):
    return unit(locale, "year")


@field
def months_unit(locale):
    return unit(locale, "month")


@field
def days(locale):
    return BESIDES_CLDR["days"].get(locale.tag) or unit(locale, "day")


@field
def plural_rule(locale):
    return locale.plural


@field
def ordinals(locale):
    """The rule's letter, then the suffixes: 'est|nd|rd|th', 'n.'."""
    texts = {}
    for tree in locale.rbnf:
        for ruleset in tree.iterfind("rbnf/rulesetGrouping[@type='OrdinalRules']/ruleset"):
            for rule in ruleset.iterfind("rbnfrule"):
                if rule.get("value") == "0":
                    texts.setdefault(ruleset.get("type"), rule.text.rstrip(";"))
        if "digits-ordinal" in texts:
            break
    text = texts["digits-ordinal"]
    while reference := re.fullmatch(r"=%([a-z-]+)=", text):
        text = texts[reference.group(1)]
    text = text.removeprefix("=#,##0=")
    if reference := re.fullmatch(r"=%%([a-z-]+)=", text):
        text = texts[reference.group(1)]
    if choice := re.fullmatch(r"\$\(ordinal,(.*)\)\$", text):
        return ORDINAL_RULES[locale.language] + "|".join(re.findall(r"\{(.*?)\}", choice.group(1)))
    return "n" + text


WORD_LOCALES = ["de", "de-CH", "en", "es", "fr", "pt", "pt-PT"]  # others fall back by leaving out parts of the tag


def words(common, tag):
    """CLDR's rules for numbers in words (spellout-numbering and what it needs) in the notation of
    core/values/format_words.cc: a line for each ruleset, "value/radix:text;" in it, `<` n / divisor, `>` n % divisor,
    `=` n, each with the number of another ruleset behind it or nothing for the same one; "-" is what stands before a
    number below zero, "." what stands between a whole number and its decimals."""
    names = ["_".join(tag.split("-")[:n]) for n in range(len(tag.split("-")), 0, -1)]
    rulesets = {}
    for name in names:
        path = common / f"rbnf/{name}.xml"
        if not path.exists():
            continue
        for ruleset in ElementTree.parse(path).getroot().iterfind("rbnf/rulesetGrouping[@type='SpelloutRules']/ruleset"):
            rulesets.setdefault(ruleset.get("type"), [
                (rule.get("value"), rule.get("radix"), rule.text.rstrip(";")) for rule in ruleset.iterfind("rbnfrule")])
    order = ["spellout-numbering"]
    lines = []
    for name in order:  # grows
        out = []

        def number_of(reference):
            if reference not in order:
                order.append(reference)
            return str(order.index(reference))

        for value, radix, text in rulesets[name]:
            if value == "-x":
                if name == order[0] or "spellout-cardinal-masculine" in name:
                    out.append("-:" + text.removesuffix("→→"))
                continue
            if value == "x.x":
                if not any(".:" in rule for rule in out + lines) and text.startswith("←←"):
                    out.append(".:" + text.removeprefix("←←").removesuffix("→→"))
                continue
            if not value.isdigit() or int(value) >= 10 ** 18:
                continue
            text = text.replace("\u00ad", "").removeprefix("'")  # soft hyphens are no letters
            if re.search(r"[0-9:;]", text):
                raise SystemExit(f"{tag} {name} {value}: {text!r}")
            text = re.sub("←%+([a-z-]+)←", lambda m: "<" + number_of(m.group(1)), text)
            text = re.sub("→%+([a-z-]+)→", lambda m: ">" + number_of(m.group(1)), text)
            text = re.sub("=%+([a-z-]+)=", lambda m: "=" + number_of(m.group(1)), text)
            text = text.replace("←←", "<").replace("→→", ">")
            if re.search("[←→%]", text):
                raise SystemExit(f"{tag} {name} {value}: {text!r}")
            head = value + (f"/{radix}" if radix else "")
            if choice := re.search(r"\$\(cardinal,one\{(.*?)\}other\{(.*?)\}\)\$", text):
                for base, word in [(value, choice.group(1)), (str(2 * int(value)), choice.group(2))]:
                    out.append(base + ":" + text[:choice.start()] + word + text[choice.end():])
            else:
                out.append(head + ":" + text)
        lines.append("".join(rule + ";" for rule in out))
    if len(order) > 10:
        raise SystemExit(f"{tag}: more than ten rulesets")
    return "\n".join(lines)


def literal(text):
    """A C++ literal in which every space and sign that one cannot tell by looking is escaped."""
    out = ""
    for c in text:
        if c in '"\\':
            out += "\\" + c
        elif c == "\n":
            out += "\\n"
        elif c in " ’" or ord(c) < 128 or c.isalpha() or c in "€£¥₹₩₪₫₱¤":
            out += c
        else:
            out += "\\u%04X" % ord(c)
    return '"' + out + '"'


def main():
    common = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode/cldr/common")
    cldr = re.search(r'cldrVersion CDATA #FIXED "([0-9.]+)"', (common / "dtd/ldml.dtd").read_text()).group(1)
    lines = [
        "// Written by toolchain/generate_locales.py from CLDR; never edited by hand.",
        "// Data: Copyright (c) 1991-2022 Unicode, Inc., licence Unicode-DFS-2016.",
        f'inline constexpr std::string_view kLocaleTableVersion = "cldr-{cldr}-{REVISION}";',
        "",
        "struct LocaleTableRow {",
        "  std::string_view tag;",
        "  std::string_view fields;",
        "};",
        "inline constexpr LocaleTableRow kLocaleTable[] = {",
    ]
    for tag in LOCALES:
        locale = Locale(common, tag)
        fields = [get(locale) for get in FIELDS]
        if any("\n" in text for text in fields):
            raise SystemExit(f"{tag}: a field holds a newline")
        lines.append(f'    {{"{tag}",')
        for i, text in enumerate(fields):
            end = "\n" if i + 1 < len(fields) else ""
            lines.append("     " + literal(text + end))
        lines[-1] += "},"
    lines.append("};")
    lines += ["", "// Numbers in words; see format_words.cc.", "inline constexpr LocaleTableRow kWordTable[] = {"]
    for tag in WORD_LOCALES:
        rows = words(common, tag).split("\n")
        lines.append(f'    {{"{tag}",')
        for i, row in enumerate(rows):
            lines.append("     " + literal(row + ("\n" if i + 1 < len(rows) else "")))
        lines[-1] += "},"
    lines.append("};")
    target = pathlib.Path(__file__).resolve().parent.parent / "core/values/locale_tables.inc"
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(LOCALES)} locales, {len(FIELDS)} fields each, CLDR {cldr}: {target}")


if __name__ == "__main__":
    main()
