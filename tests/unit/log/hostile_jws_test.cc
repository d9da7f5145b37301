// Long because it lists the hostile encodings, one fault each. The files are tests/vectors/jws.
#include <gtest/gtest.h>

#include "base/string.h"
#include "crypto/crypto.h"
#include "log/event.h"
#include "support/author.h"
#include "support/vector_folder.h"

namespace countersign::log {
namespace {

using ::countersign::testing::Author;
using ::countersign::testing::VectorCase;

// Anna's key is the seed of 32 bytes 01: x = iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w.
const Author& Anna() {
  static const Author author(1);
  return author;
}

const Author& Bob() {
  static const Author author(2);
  return author;
}

String HeaderFor(const String& kid) {
  return R"({"alg":"EdDSA","kid":")" + kid + R"(","typ":"countersign-event+jws"})";
}

String Kid() { return Anna().kid().ToBase64Url(); }

// A JWS that Anna signed over exactly these bytes.
String Signed(const String& header, const String& payload) {
  const String input = EncodeBase64Url(AsBytes(header)) + "." + EncodeBase64Url(AsBytes(payload));
  return input + "." + Anna().Sign(input).ToBase64Url();
}

const String kId2 = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI";  // 32 bytes 02
const String kId3 = "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM";
const String kId5 = "BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU";
const String kId6 = "BgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgY";

// The members of a payload, each replaceable by a fault.
struct Payload {
  String at = R"("at":1763798400123,)";
  String body = R"("body":{"recipient":"anna"},)";
  String chain = R"("chain":"AQEBAQEBAQEBAQEBAQEBAQ",)";
  String env = R"("env":")" + kId2 + R"(",)";
  String prev = R"("prev":")" + kId3 + R"(",)";
  String salt = R"("salt":"BAQEBAQEBAQEBAQEBAQEBA",)";
  String seen = R"("seen":[")" + kId5 + R"(",")" + kId6 + R"("],)";
  String seq = R"("seq":7,)";
  String type = R"("type":"recipient.joined",)";
  String v = R"("v":1)";
  String Text() const {
    return "{" + at + body + chain + env + prev + salt + seen + seq + type + v + "}";
  }
};

template <class Change>
String With(Change change) {
  Payload payload;
  change(&payload);
  return Signed(HeaderFor(Kid()), payload.Text());
}

String ReplaceOnce(String text, const String& from, const String& to) {
  const size_t at = text.find(from);
  CS_CHECK(at != String::npos);
  return text.replace(at, from.size(), to);
}

// The same signature number plus the order of the group.
String MalleableTwin(const String& stored) {
  const Bytes order =
      *DecodeHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  const size_t dot = stored.rfind('.');
  Bytes signature = *DecodeBase64Url(stored.substr(dot + 1));
  uint32_t carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += signature[32 + i] + order[i];
    signature[32 + i] = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
  return stored.substr(0, dot + 1) + EncodeBase64Url(signature);
}

String SeenList(int count) {
  String list;
  for (int i = 0; i < count; ++i) {
    EventId id;
    id.bytes.fill(static_cast<uint8_t>(100 + i));
    list += (i == 0 ? "\"" : ",\"") + id.ToBase64Url() + "\"";
  }
  return R"("seen":[)" + list + "],";
}

void AddSegmentCases(const String& good, Vector<VectorCase>* cases) {
  const size_t first = good.find('.');
  const size_t second = good.rfind('.');
  const String header = good.substr(0, first);
  const String payload = good.substr(first + 1, second - first - 1);
  const String signature = good.substr(second + 1);
  const String not_jws = "event.not_jws";
  // 86 characters carry 516 bits: the last character of a signature has 16 spellings.
  const String kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const size_t last = kAlphabet.find(signature.back());
  for (size_t i = 0; i < 16; ++i) {
    const size_t other = last / 16 * 16 + i;
    if (other == last) continue;
    cases->push_back({"trailing-bits-" + NumberText(i),
                      good.substr(0, good.size() - 1) + kAlphabet[other], not_jws});
  }
  cases->push_back({"padding", good + "==", not_jws});
  cases->push_back({"padding-of-header", header + "=." + payload + "." + signature, not_jws});
  cases->push_back({"space-before", " " + good, not_jws});
  cases->push_back({"space-behind", good + " ", not_jws});
  cases->push_back({"newline-behind", good + "\n", not_jws});
  cases->push_back(
      {"newline-in-signature",
       header + "." + payload + "." + signature.substr(0, 40) + "\n" + signature.substr(40),
       not_jws});
  cases->push_back(
      {"newline-in-payload",
       header + "." + payload.substr(0, 40) + "\n" + payload.substr(40) + "." + signature,
       not_jws});
  cases->push_back(
      {"newline-in-header",
       header.substr(0, 40) + "\n" + header.substr(40) + "." + payload + "." + signature, not_jws});
  cases->push_back(
      {"plus-and-slash", header + "." + payload + "." + "+/" + signature.substr(2), not_jws});
  cases->push_back({"fourth-segment", good + ".AAAA", not_jws});
  cases->push_back({"dot-behind", good + ".", not_jws});
  cases->push_back({"dot-before", "." + good, not_jws});
  cases->push_back({"two-segments", header + "." + payload, not_jws});
  cases->push_back({"one-segment", header, not_jws});
  cases->push_back({"nothing", "", not_jws});
  cases->push_back({"empty-header", "." + payload + "." + signature, not_jws});
  cases->push_back({"empty-payload", header + ".." + signature, not_jws});
  cases->push_back({"empty-signature", header + "." + payload + ".", not_jws});
  cases->push_back(
      {"short-signature", header + "." + payload + "." + EncodeBase64Url(Bytes(63, 1)), not_jws});
  cases->push_back(
      {"long-signature", header + "." + payload + "." + EncodeBase64Url(Bytes(65, 1)), not_jws});
  cases->push_back({"json-serialisation",
                    R"({"payload":")" + payload + R"(","protected":")" + header +
                        R"(","signature":")" + signature + "\"}",
                    not_jws});
  cases->push_back({"nul-behind", good + String(1, '\0'), not_jws});
  cases->push_back({"one-byte-too-large", String(kMaxStoredBytes + 1, 'A'), "event.too_large"});
}

void AddHeaderCases(Vector<VectorCase>* cases) {
  const String payload = Payload().Text();
  const String kid = Kid();
  const String good = HeaderFor(kid);
  const auto add = [&](const String& name, const String& header) {
    cases->push_back({"header-" + name, Signed(header, payload), "event.bad_header"});
  };
  add("member-order", R"({"kid":")" + kid + R"(","alg":"EdDSA","typ":"countersign-event+jws"})");
  add("white-space", ReplaceOnce(good, ",\"kid\"", ", \"kid\""));
  add("newline-behind", good + "\n");
  for (const char* alg : {"none", "HS256", "ES256", "Ed25519", "EdDSa", ""}) {
    add(String("alg-") + (*alg == '\0' ? "empty" : alg), ReplaceOnce(good, "EdDSA", alg));
  }
  add("no-alg", ReplaceOnce(good, R"("alg":"EdDSA",)", ""));
  add("no-kid", ReplaceOnce(good, R"("kid":")" + kid + R"(",)", ""));
  add("no-typ", ReplaceOnce(good, R"(,"typ":"countersign-event+jws")", ""));
  add("other-typ", ReplaceOnce(good, "countersign-event+jws", "countersign-grant+jws"));
  add("upper-case-typ", ReplaceOnce(good, "countersign-event+jws", "COUNTERSIGN-EVENT+JWS"));
  for (const char* member :
       {R"("b64":false,"crit":["b64"])", R"("crit":["exp"])", R"("cty":"json")",
        R"("jku":"https://example.org/keys")", R"("x5c":[""])", R"("x5u":"")", R"("zip":"DEF")",
        R"("jwk":{"crv":"Ed25519","kty":"OKP","x":""})"}) {
    const String text = member;
    add("with-" + text.substr(1, text.find('"', 1) - 1), ReplaceOnce(good, "}", "," + text + "}"));
  }
  add("alg-twice", ReplaceOnce(good, R"("kid")", R"("alg":"none","kid")"));
  add("kid-short", HeaderFor(kid.substr(1)));
  add("kid-long", HeaderFor(kid + "A"));
  add("kid-not-base64url", HeaderFor("+" + kid.substr(1)));
  // The last of 43 characters has two spare bits.
  add("kid-trailing-bits", HeaderFor(kid.substr(0, 42) + static_cast<char>(kid.back() + 1)));
}

void AddPayloadCases(Vector<VectorCase>* cases) {
  const String text = Payload().Text();
  const auto raw = [&](const String& name, const String& payload, const String& verdict) {
    cases->push_back({"payload-" + name, Signed(HeaderFor(Kid()), payload), verdict});
  };
  raw("duplicate-name", ReplaceOnce(text, R"("seq":7,)", R"("seq":7,"seq":7,)"),
      "json.duplicate_name");
  raw("duplicate-by-escape", ReplaceOnce(text, R"("seq":7,)", R"("seq":7,"s\u0065q":7,)"),
      "json.duplicate_name");
  raw("nul-behind", text + String("\0garbage", 8), "json.syntax");
  raw("byte-order-mark", "\xEF\xBB\xBF" + text, "json.syntax");
  raw("second-value", text + "{}", "json.syntax");
  raw("trailing-comma", ReplaceOnce(text, R"("v":1)", R"("v":1,)"), "json.syntax");
  raw("lone-surrogate", ReplaceOnce(text, "anna", R"(\ud800)"), "json.syntax");
  raw("overlong", ReplaceOnce(text, "anna", "\xC0\xAF"), "text.not_utf8");
  raw("cesu", ReplaceOnce(text, "anna", "\xED\xA0\xBD\xED\xB8\x80"), "text.not_utf8");
  raw("umlaut-name", ReplaceOnce(text, "recipient\"", "\xC3\xA4\""), "json.name_not_ascii");
  raw("fraction", ReplaceOnce(text, R"("seq":7)", R"("seq":7.0)"), "json.number_not_integer");
  raw("exponent", ReplaceOnce(text, R"("seq":7)", R"("seq":7e0)"), "json.number_not_integer");
  raw("minus-zero", ReplaceOnce(text, R"("seq":7)", R"("seq":-0)"), "json.number_not_integer");
  raw("two-to-53", ReplaceOnce(text, "1763798400123", "9007199254740992"),
      "json.number_not_integer");
  raw("two-to-64", ReplaceOnce(text, "1763798400123", "18446744073709551616"),
      "json.number_not_integer");
  raw("four-hundred-digits", ReplaceOnce(text, "1763798400123", String(400, '1')),
      "json.number_not_integer");
  raw("unsorted", ReplaceOnce(ReplaceOnce(text, R"("seq":7,)", ""), R"("at")", R"("seq":7,"at")"),
      "json.not_canonical");
  raw("white-space", ReplaceOnce(text, ",\"seq\"", ", \"seq\""), "json.not_canonical");
  raw("needless-escape", ReplaceOnce(text, "anna", R"(\u0061nna)"), "json.not_canonical");
  const auto nested = [](size_t depth) { return String(depth, '[') + String(depth, ']'); };
  raw("depth-16", ReplaceOnce(text, "\"anna\"", nested(14)), "accepted");
  raw("depth-17", ReplaceOnce(text, "\"anna\"", nested(15)), "json.too_deep");
  raw("depth-30000", ReplaceOnce(text, "\"anna\"", nested(30000)), "json.too_deep");
  const size_t room = 65536 - (text.size() - 4);
  raw("64-kib", ReplaceOnce(text, "anna", String(room, 'x')), "accepted");
  raw("64-kib-and-one", ReplaceOnce(text, "anna", String(room + 1, 'x')), "json.too_large");
  raw("a-list", "[]", "schema.wrong_type");
  raw("a-number", "1", "schema.wrong_type");
  raw("empty-object", "{}", "schema.missing_member");
}

void AddMemberCases(Vector<VectorCase>* cases) {
  const auto add = [&](const String& name, const String& verdict, auto change) {
    cases->push_back({"member-" + name, With(change), verdict});
  };
  const String wrong = "schema.wrong_type";
  const String missing = "schema.missing_member";
  add("unknown", "schema.unknown_member", [](Payload* p) { p->v = R"("v":1,"x":0)"; });
  add("unknown-proto", "schema.unknown_member",
      [](Payload* p) { p->at = R"("__proto__":{},)" + p->at; });
  add("no-at", missing, [](Payload* p) { p->at = ""; });
  add("no-body", missing, [](Payload* p) { p->body = ""; });
  add("no-chain", missing, [](Payload* p) { p->chain = ""; });
  add("no-prev", missing, [](Payload* p) { p->prev = ""; });
  add("no-salt", missing, [](Payload* p) { p->salt = ""; });
  add("no-seen", missing, [](Payload* p) { p->seen = ""; });
  add("no-seq", missing, [](Payload* p) { p->seq = ""; });
  add("no-type", missing, [](Payload* p) { p->type = ""; });
  add("no-v", missing, [](Payload* p) { p->type = R"("type":"recipient.joined")", p->v = ""; });
  add("v-2", "event.unknown_version", [](Payload* p) { p->v = R"("v":2)"; });
  add("v-2-with-more", "event.unknown_version", [](Payload* p) { p->v = R"("v":2,"x":0)"; });
  add("v-text", wrong, [](Payload* p) { p->v = R"("v":"1")"; });
  add("v-negative", "schema.bad_value", [](Payload* p) { p->v = R"("v":-1)"; });
  add("at-2099", "accepted", [](Payload* p) { p->at = R"("at":4070908800000,)"; });
  add("at-1960", "accepted", [](Payload* p) { p->at = R"("at":-315619200000,)"; });
  add("at-text", wrong, [](Payload* p) { p->at = R"("at":"2026-11-22T00:00:00Z",)"; });
  add("body-list", wrong, [](Payload* p) { p->body = R"("body":[],)"; });
  add("body-null", wrong, [](Payload* p) { p->body = R"("body":null,)"; });
  add("chain-short", "bytes.wrong_length", [](Payload* p) { p->chain = R"("chain":"AQEBAQ",)"; });
  add("chain-trailing-bits", "bytes.not_base64url",
      [](Payload* p) { p->chain = R"("chain":"AQEBAQEBAQEBAQEBAQEBAR",)"; });
  add("salt-padded", "bytes.not_base64url",
      [](Payload* p) { p->salt = R"("salt":"BAQEBAQEBAQEBAQEBAQEBA==",)"; });
  add("env-null", wrong, [](Payload* p) { p->env = R"("env":null,)"; });
  add("env-hex", "bytes.wrong_length",
      [](Payload* p) { p->env = R"("env":")" + String(64, '0') + "\","; });
  add("prev-null", "accepted", [](Payload* p) { p->prev = R"("prev":null,)"; });
  add("prev-list", wrong, [](Payload* p) { p->prev = R"("prev":[],)"; });
  add("prev-empty", "bytes.wrong_length", [](Payload* p) { p->prev = R"("prev":"",)"; });
  add("after", "accepted", [](Payload* p) { p->at = R"("after":")" + kId2 + "\"," + p->at; });
  add("after-null", wrong, [](Payload* p) { p->at = R"("after":null,)" + p->at; });
  add("seen-empty", "accepted", [](Payload* p) { p->seen = R"("seen":[],)"; });
  add("seen-unsorted", "event.bad_seen",
      [](Payload* p) { p->seen = R"("seen":[")" + kId6 + R"(",")" + kId5 + R"("],)"; });
  add("seen-twice", "event.bad_seen",
      [](Payload* p) { p->seen = R"("seen":[")" + kId5 + R"(",")" + kId5 + R"("],)"; });
  add("seen-prev", "event.bad_seen",
      [](Payload* p) { p->seen = R"("seen":[")" + kId3 + R"("],)"; });
  // By the characters '-' stands before 'A', by the bytes behind 'z'.
  add("seen-by-bytes", "accepted", [](Payload* p) {
    p->seen = R"("seen":["A)" + String(42, 'A') + R"(","-)" + String(42, 'A') + R"("],)";
  });
  add("seen-by-characters", "event.bad_seen", [](Payload* p) {
    p->seen = R"("seen":["-)" + String(42, 'A') + R"(","A)" + String(42, 'A') + R"("],)";
  });
  add("seen-16", "accepted", [](Payload* p) { p->seen = SeenList(16); });
  add("seen-17", "event.too_many_seen", [](Payload* p) { p->seen = SeenList(17); });
  add("seen-number", wrong, [](Payload* p) { p->seen = R"("seen":[1],)"; });
  add("seen-object", wrong, [](Payload* p) { p->seen = R"("seen":{},)"; });
  add("seq-negative", "schema.bad_value", [](Payload* p) { p->seq = R"("seq":-1,)"; });
  add("seq-text", wrong, [](Payload* p) { p->seq = R"("seq":"7",)"; });
  add("type-one-word", "event.bad_type", [](Payload* p) { p->type = R"("type":"joined",)"; });
  add("type-script", "event.bad_type", [](Payload* p) { p->type = R"("type":"a.<script>",)"; });
  add("type-not-known-here", "accepted",
      [](Payload* p) { p->type = R"("type":"something.new",)"; });
  add("no-parents", "event.no_parents",
      [](Payload* p) { p->prev = R"("prev":null,)", p->seen = R"("seen":[],)"; });
  const auto genesis = [](Payload* p) {
    p->env = "", p->prev = R"("prev":null,)", p->seen = R"("seen":[],)", p->seq = R"("seq":0,)";
  };
  add("genesis", "accepted", genesis);
  add("genesis-with-prev", "event.bad_genesis",
      [&](Payload* p) { genesis(p), p->prev = R"("prev":")" + kId3 + "\","; });
  add("genesis-with-seen", "event.bad_genesis",
      [&](Payload* p) { genesis(p), p->seen = R"("seen":[")" + kId3 + "\"],"; });
  add("genesis-with-seq", "event.bad_genesis",
      [&](Payload* p) { genesis(p), p->seq = R"("seq":1,)"; });
  add("genesis-with-after", "event.bad_genesis",
      [&](Payload* p) { genesis(p), p->at = R"("after":")" + kId3 + "\"," + p->at; });
}

Vector<VectorCase> Cases() {
  Vector<VectorCase> cases;
  const String good = Signed(HeaderFor(Kid()), Payload().Text());
  const String input = good.substr(0, good.rfind('.') + 1);
  cases.push_back({"good", good, "accepted"});
  // The same signing input, signed by Anna with another secret scalar R: valid, and the same event.
  cases.push_back(
      {"good-signed-otherwise",
       input +
           "DjwEiqEMq2d3j-rF-qO_pG_Z8RlUnmebD2rSS9a7i3HC2RMgWgQLhlHplgSzTpyVC6pdzHI4PE48KqCTvhiCCQ",
       "accepted"});
  AddSegmentCases(good, &cases);
  AddHeaderCases(&cases);
  AddPayloadCases(&cases);
  AddMemberCases(&cases);
  const String bad_signature = "event.bad_signature";
  cases.push_back({"signature-zero", input + Signature().ToBase64Url(), bad_signature});
  cases.push_back({"signature-plus-order", MalleableTwin(good), bad_signature});
  cases.push_back({"signature-of-bob",
                   input + Bob().Sign(input.substr(0, input.size() - 1)).ToBase64Url(),
                   bad_signature});
  cases.push_back({"signature-of-other-event",
                   input + With([](Payload* p) { p->seq = R"("seq":8,)"; }).substr(input.size()),
                   bad_signature});
  cases.push_back({"signature-small-order-r", input + EncodeBase64Url([] {
                                                Bytes bytes(64);
                                                bytes[0] = 1;
                                                return bytes;
                                              }()),
                   bad_signature});
  cases.push_back({"key-of-bob", Signed(HeaderFor(Bob().kid().ToBase64Url()), Payload().Text()),
                   "event.wrong_key"});
  return cases;
}

String VerdictOn(const String& stored) {
  auto event = Event::Parse(stored);
  if (!event) return String(event.error().name());
  const auto verified = VerifiedEvent::Verify(*std::move(event), Anna().key());
  return verified ? "accepted" : String(verified.error().name());
}

TEST(HostileJws, AreTheFilesInTheFolder) { testing::ExpectFolder("vectors/jws", ".jws", Cases()); }

TEST(HostileJws, AreDecidedAsTheirNamesSay) {
  for (const VectorCase& vector : Cases()) {
    const auto bytes =
        testing::ReadFile(testing::TestPath("vectors/jws/") + FileNameOf(vector, ".jws"));
    ASSERT_TRUE(bytes.has_value()) << vector.name;
    EXPECT_EQ(VerdictOn(*bytes), vector.verdict) << vector.name;
  }
}

TEST(HostileJws, TheKeyIsTheOneThatTheReadmeNames) {
  EXPECT_EQ(Anna().key().ToBase64Url(), "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w");
}

// Hostile case 35. Whoever holds the key can sign one input twice; it must not become two events.
TEST(HostileJws, TwoValidSignaturesAreOneEventWithOneCanonicalEncoding) {
  const auto cases = Cases();
  const Event one = *Event::Parse(cases[0].bytes);
  const Event two = *Event::Parse(cases[1].bytes);
  ASSERT_EQ(VerdictOn(one.stored), "accepted");
  ASSERT_EQ(VerdictOn(two.stored), "accepted");
  EXPECT_EQ(one.id, two.id);
  EXPECT_NE(one.store_id(), two.store_id());
  EXPECT_NE(IsPreferredEncoding(one, two), IsPreferredEncoding(two, one));
  EXPECT_FALSE(IsPreferredEncoding(one, one));
}

}  // namespace
}  // namespace countersign::log
