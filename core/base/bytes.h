// Bytes and their two spellings, and the checks every text from outside goes through.
//
// base64url is RFC 4648 section 5 without padding, and strict: a text is accepted only if encoding
// the decoded bytes gives the same text, so that one value has one spelling.
#ifndef COUNTERSIGN_BASE_BYTES_H_
#define COUNTERSIGN_BASE_BYTES_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"

namespace countersign {

using Bytes = Vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

String EncodeBase64Url(ByteView bytes);
// Errors: bytes.not_base64url.
Result<Bytes> DecodeBase64Url(std::string_view text);

namespace internal {
// Into `size` bytes. Errors: bytes.not_base64url, bytes.wrong_length.
Result<void> DecodeFixed(std::string_view text, uint8_t* out, size_t size);
}  // namespace internal

// Lowercase hexadecimal.
String EncodeHex(ByteView bytes);
// Errors: bytes.not_hex (also for upper case: one value has one spelling).
Result<Bytes> DecodeHex(std::string_view text);

// True for well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
bool IsUtf8(std::string_view text);
// Adds the character in UTF-8. REQUIRES: point <= 0x10FFFF and no surrogate.
void AppendCodePoint(uint32_t point, String* out);
// The start of a text that was cut at some byte, without the character that the cut went through:
// what is quoted in a message stays UTF-8.
std::string_view WithoutCutCharacter(std::string_view text);

// What a reader of a text might not see. Flags, never fixes: text is stored as typed.
struct TextFlags {
  bool control = false;    // C0/C1 controls other than newline and tab
  bool bidi = false;       // U+061C, U+200E/F, U+202A-E, U+2066-9
  bool turns = false;      // of these U+202A-E, U+2066-9: what follows reads in another direction
  bool invisible = false;  // zero-width and other default-ignorable characters, U+FEFF, private use
  // No value of a contract has these, whoever gives it: field.bad_text.
  bool Misleads() const { return control || turns; }
  bool Any() const { return control || bidi || invisible; }
  friend bool operator==(const TextFlags&, const TextFlags&) = default;
};
// REQUIRES: IsUtf8(text).
TextFlags InspectText(std::string_view text);

// A fixed number of bytes with a purpose; `Tag` keeps one purpose from standing in for another.
template <class Tag, size_t kSize>
struct FixedBytes {
  static constexpr size_t kLength = kSize;
  std::array<uint8_t, kSize> bytes{};

  ByteView view() const { return bytes; }
  String ToBase64Url() const { return EncodeBase64Url(bytes); }
  // Errors: bytes.not_base64url, bytes.wrong_length.
  static Result<FixedBytes> FromBase64Url(std::string_view text) {
    FixedBytes out;
    CS_TRY(internal::DecodeFixed(text, out.bytes.data(), kSize));
    return out;
  }
  // Errors: bytes.wrong_length.
  static Result<FixedBytes> FromBytes(ByteView raw) {
    if (raw.size() != kSize) return ErrorCode::kBytesWrongLength;
    FixedBytes out;
    for (size_t i = 0; i < kSize; ++i) out.bytes[i] = raw[i];
    return out;
  }
  // By memcmp: a defaulted comparison would be unrolled wherever an id is compared.
  friend bool operator==(const FixedBytes& a, const FixedBytes& b) {
    return std::memcmp(a.bytes.data(), b.bytes.data(), kSize) == 0;
  }
  friend std::strong_ordering operator<=>(const FixedBytes& a, const FixedBytes& b) {
    return std::memcmp(a.bytes.data(), b.bytes.data(), kSize) <=> 0;
  }
};

using Hash = FixedBytes<struct HashTag, 32>;                  // SHA-256
using EventId = FixedBytes<struct EventIdTag, 32>;            // see log room
using StoreId = FixedBytes<struct StoreIdTag, 32>;            // SHA-256 of an item's stored bytes
using VerifiedNote = FixedBytes<struct VerifiedNoteTag, 32>;  // log/event.h
using KeyId = FixedBytes<struct KeyIdTag, 32>;                // RFC 7638 thumbprint
using PublicKey = FixedBytes<struct PublicKeyTag, 32>;        // Ed25519
using Signature = FixedBytes<struct SignatureTag, 64>;        // Ed25519
using ChainId = FixedBytes<struct ChainIdTag, 16>;
using Salt = FixedBytes<struct SaltTag, 16>;

}  // namespace countersign

#endif  // COUNTERSIGN_BASE_BYTES_H_
