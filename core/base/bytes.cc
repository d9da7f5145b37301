#include "base/bytes.h"

namespace countersign {
namespace {

constexpr char kBase64UrlAlphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// What a character stands for, by its distance from '-', which comes first of the alphabet; 64 for
// what is outside ('+', '/', '=', white space among them). A table and no comparisons: of a long
// log's events a tenth of the time went into telling letters from digits.
struct Base64UrlDigits {
  uint8_t digits['z' - '-' + 1];
};
constexpr Base64UrlDigits kBase64UrlDigits = [] {
  Base64UrlDigits out{};
  for (uint8_t& digit : out.digits) digit = 64;
  for (uint8_t i = 0; i < 64; ++i) out.digits[kBase64UrlAlphabet[i] - '-'] = i;
  return out;
}();

uint32_t Base64UrlDigit(char c) {
  const auto distance = static_cast<uint8_t>(c - '-');
  return distance < sizeof(kBase64UrlDigits.digits) ? kBase64UrlDigits.digits[distance] : 64;
}

// Writes text.size() * 3 / 4 bytes; false where the text is no base64url.
bool DecodeTo(std::string_view text, uint8_t* out) {
  uint32_t outside = 0;  // has 64 in it once a character was
  const char* at = text.data();
  const size_t rest = text.size() % 4;
  for (const char* end = at + (text.size() - rest); at != end; at += 4, out += 3) {
    const uint32_t a = Base64UrlDigit(at[0]);
    const uint32_t b = Base64UrlDigit(at[1]);
    const uint32_t c = Base64UrlDigit(at[2]);
    const uint32_t d = Base64UrlDigit(at[3]);
    outside |= a | b | c | d;
    out[0] = static_cast<uint8_t>(a << 2 | b >> 4);
    out[1] = static_cast<uint8_t>(b << 4 | c >> 2);
    out[2] = static_cast<uint8_t>(c << 6 | d);
  }
  // Two characters hold a byte, three two; one alone holds none. Left-over bits must be zero, or
  // the last character would have 4 or 16 spellings of one value.
  uint32_t window = 0;
  for (size_t i = 0; i < rest; ++i) {
    const uint32_t digit = Base64UrlDigit(at[i]);
    outside |= digit;
    window |= digit << (18 - 6 * i);
  }
  for (size_t i = 1; i < rest; ++i, window <<= 8) *out++ = static_cast<uint8_t>(window >> 16);
  return outside < 64 && rest != 1 && (window & 0xFFFFFF) == 0;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

constexpr char32_t kNotUtf8 = 0xFFFFFFFF;

// The code point at `*at`, which moves past it; kNotUtf8 where there is none.
// Unicode 15, table 3-7: the second byte's range depends on the first, which is what refuses
// overlong forms, surrogates and everything above U+10FFFF.
char32_t NextCodePoint(std::string_view text, size_t* at) {
  const auto byte = [&](size_t i) -> uint8_t { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(*at);
  if (first < 0x80) {
    ++*at;
    return first;
  }
  size_t length = 0;
  uint8_t low = 0x80;
  uint8_t high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  } else {
    return kNotUtf8;
  }
  if (text.size() - *at < length) return kNotUtf8;
  char32_t code_point = first & (0xFF >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    const uint8_t next = byte(*at + i);
    if (next < low || next > high) return kNotUtf8;
    low = 0x80;
    high = 0xBF;
    code_point = code_point << 6 | (next & 0x3F);
  }
  *at += length;
  return code_point;
}

struct Range {
  char32_t first;
  char32_t last;
};

constexpr Range kBidi[] = {{0x061C, 0x061C}, {0x200E, 0x200F}, {0x202A, 0x202E}, {0x2066, 0x2069}};

// Default_Ignorable_Code_Point of Unicode 15 (DerivedCoreProperties.txt) less the bidi controls
// above, and the private use areas, whose look depends on the font.
constexpr Range kInvisible[] = {{0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x115F, 0x1160},
                                {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200D},
                                {0x2060, 0x2065},   {0x206A, 0x206F},   {0x3164, 0x3164},
                                {0xE000, 0xF8FF},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
                                {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFF8},   {0x1BCA0, 0x1BCA3},
                                {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF}};

template <size_t kCount>
bool Contains(const Range (&ranges)[kCount], char32_t code_point) {
  for (const Range& range : ranges) {
    if (code_point >= range.first && code_point <= range.last) return true;
  }
  return false;
}

}  // namespace

String EncodeBase64Url(ByteView bytes) {
  String text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  uint32_t window = 0;
  int bits = 0;
  for (const uint8_t byte : bytes) {
    window = window << 8 | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text.push_back(kBase64UrlAlphabet[window >> bits & 63]);
    }
  }
  if (bits > 0) text.push_back(kBase64UrlAlphabet[window << (6 - bits) & 63]);
  return text;
}

Result<Bytes> DecodeBase64Url(std::string_view text) {
  Bytes bytes;
  // All at once: adding single bytes was a fifth of the time that a long log's events took.
  bytes.insert(bytes.end(), text.size() * 3 / 4, 0);
  if (!DecodeTo(text, bytes.data())) return ErrorCode::kBytesNotBase64Url;
  return bytes;
}

Result<void> internal::DecodeFixed(std::string_view text, uint8_t* out, size_t size) {
  if (text.size() * 3 / 4 == size) {
    if (!DecodeTo(text, out)) return ErrorCode::kBytesNotBase64Url;
    return {};
  }
  CS_TRY(DecodeBase64Url(text));
  return ErrorCode::kBytesWrongLength;
}

String EncodeHex(ByteView bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  String text;
  text.reserve(bytes.size() * 2);
  for (const uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

Result<Bytes> DecodeHex(std::string_view text) {
  if (text.size() % 2 != 0) return ErrorCode::kBytesNotHex;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexDigit(text[i]);
    const int low = HexDigit(text[i + 1]);
    if (high < 0 || low < 0) return ErrorCode::kBytesNotHex;
    bytes.push_back(static_cast<uint8_t>(high << 4 | low));
  }
  return bytes;
}

bool IsUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    // Eight ASCII characters in one look.
    uint64_t next;
    if (text.size() - at >= sizeof(next)) {
      std::memcpy(&next, text.data() + at, sizeof(next));
      if ((next & 0x8080808080808080) == 0) {
        at += sizeof(next);
        continue;
      }
    }
    if (static_cast<uint8_t>(text[at]) < 0x80) {
      ++at;
    } else if (NextCodePoint(text, &at) == kNotUtf8) {
      return false;
    }
  }
  return true;
}

void AppendCodePoint(uint32_t point, String* out) {
  int more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  constexpr uint8_t kLeads[] = {0, 0xC0, 0xE0, 0xF0};
  out->push_back(static_cast<char>(kLeads[more] | point >> (6 * more)));
  while (more-- > 0) out->push_back(static_cast<char>(0x80 | (point >> (6 * more) & 0x3F)));
}

std::string_view WithoutCutCharacter(std::string_view text) {
  for (size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;  // inside a character
    const size_t length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    if (length > back) text.remove_suffix(back);
    break;
  }
  return text;
}

TextFlags InspectText(std::string_view text) {
  TextFlags flags;
  for (size_t at = 0; at < text.size();) {
    const char32_t code_point = NextCodePoint(text, &at);
    CS_CHECK(code_point != kNotUtf8);
    if (code_point < 0xA0) {
      if ((code_point < 0x20 && code_point != '\n' && code_point != '\t') || code_point >= 0x7F) {
        flags.control = true;
      }
    } else if (Contains(kBidi, code_point)) {
      flags.bidi = true;
      if (code_point > 0x200F) flags.turns = true;
    } else if (Contains(kInvisible, code_point)) {
      flags.invisible = true;
    }
  }
  return flags;
}

}  // namespace countersign
