#include "compile/html_tag.h"

#include <algorithm>

namespace countersign::compile {
namespace {

struct KnownTag {
  std::string_view name;
  HtmlUse use;
};
constexpr KnownTag kTags[] = {
    {"b", HtmlUse::kLook},         {"big", HtmlUse::kLook},    {"center", HtmlUse::kLook},
    {"em", HtmlUse::kLook},        {"font", HtmlUse::kLook},   {"i", HtmlUse::kLook},
    {"label", HtmlUse::kLook},     {"mark", HtmlUse::kLook},   {"small", HtmlUse::kLook},
    {"span", HtmlUse::kLook},      {"strong", HtmlUse::kLook}, {"u", HtmlUse::kLook},
    {"div", HtmlUse::kBlock},      {"h1", HtmlUse::kBlock},    {"h2", HtmlUse::kBlock},
    {"h3", HtmlUse::kBlock},       {"h4", HtmlUse::kBlock},    {"h5", HtmlUse::kBlock},
    {"h6", HtmlUse::kBlock},       {"hr", HtmlUse::kBlock},    {"li", HtmlUse::kBlock},
    {"ol", HtmlUse::kBlock},       {"p", HtmlUse::kBlock},     {"section", HtmlUse::kBlock},
    {"table", HtmlUse::kBlock},    {"tbody", HtmlUse::kBlock}, {"td", HtmlUse::kBlock},
    {"th", HtmlUse::kBlock},       {"thead", HtmlUse::kBlock}, {"tr", HtmlUse::kBlock},
    {"ul", HtmlUse::kBlock},       {"br", HtmlUse::kBreak},    {"a", HtmlUse::kMeaning},
    {"del", HtmlUse::kMeaning},    {"ins", HtmlUse::kMeaning}, {"s", HtmlUse::kMeaning},
    {"strike", HtmlUse::kMeaning}, {"sub", HtmlUse::kMeaning}, {"sup", HtmlUse::kMeaning}};

bool IsBlank(char c) { return c == ' ' || c == '\t'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsNameCharacter(char c) {
  return IsLetter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':';
}
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text.substr(0, kMaxTagBytes)) {
    text_ = text_.substr(0, text_.find('\n'));
  }

  std::optional<HtmlTag> Read() {
    if (!Take('<')) return std::nullopt;
    const bool closes = Take('/');
    HtmlTag tag;
    bool small = false, capital = false;
    while (IsNameCharacter(Peek())) {
      small = small || (Peek() >= 'a' && Peek() <= 'z');
      capital = capital || (Peek() >= 'A' && Peek() <= 'Z');
      tag.name += Lower(text_[at_++]);
    }
    const auto* known = std::find_if(std::begin(kTags), std::end(kTags),
                                     [&](const KnownTag& each) { return each.name == tag.name; });
    // <A> and <B> are parties rather than tags.
    const bool is_name =
        known != std::end(kTags) && small != capital && (small || tag.name.size() > 1);
    if (!is_name) return std::nullopt;
    tag.use = known->use;
    bool blank = SkipBlanks();
    while (blank && !closes && IsLetter(Peek())) {
      if (!TakeAttribute()) return std::nullopt;
      blank = SkipBlanks();
    }
    if (!closes) Take('/');
    if (!Take('>')) return std::nullopt;
    tag.length = at_;
    return tag;
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }
  bool SkipBlanks() {
    const size_t from = at_;
    while (IsBlank(Peek())) ++at_;
    return at_ > from;
  }
  // name="value", with either quote or, where the value is one word, with none.
  bool TakeAttribute() {
    while (IsNameCharacter(Peek())) ++at_;
    if (!Take('=')) return false;
    const char quote = Peek();
    if (quote == '"' || quote == '\'') {
      const size_t end = text_.find(quote, at_ + 1);
      if (end == std::string_view::npos) return false;
      at_ = end + 1;
      return true;
    }
    const size_t from = at_;
    while (IsNameCharacter(Peek()) || Peek() == '#' || Peek() == '%' || Peek() == '.') ++at_;
    return at_ > from;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::optional<HtmlTag> ReadHtmlTag(std::string_view text) { return Reader(text).Read(); }

}  // namespace countersign::compile
