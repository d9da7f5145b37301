// Bodies: what is written is what is read, and nothing else is.
#include <gtest/gtest.h>

#include <string>

#include "crypto/crypto.h"
#include "envelope/blobs.h"
#include "envelope/event_types.h"
#include "support/files.h"

namespace countersign::envelope {
namespace {

json::Value Json(std::string_view text) {
  auto value = json::Read(text, json::kDocumentLimits);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *value : json::Value();
}

const String kRef(43, 'A');
const String kSignature(86, 'A');

// One valid body of every type, written canonically.
Vector<std::pair<EventType, String>> ValidBodies() {
  const String ref = "\"" + kRef + "\"";
  const String key = "{\"x\":" + ref + "}";
  const String consent = "{\"id\":\"d\",\"locale\":\"en\",\"text\":" + ref + ",\"version\":\"1\"}";
  const String of = "\"recipient\":\"customer\",\"revision\":" + ref;
  const String inputs = "{\"attachments\":[" + ref + "],\"consent\":" + consent +
                        ",\"deadlineAt\":\"2026-11-22T10:00:00Z\",\"fields\":" + ref +
                        ",\"library\":[],\"locale\":\"en\",\"routing\":" + ref +
                        ",\"template\":{\"compiled\":" + ref + ",\"id\":\"t\",\"source\":" + ref +
                        ",\"version\":\"3\"},\"values\":" + ref + "}";
  const String statement =
      "{\"consent\":" + consent +
      ",\"core\":{\"name\":\"countersign\",\"version\":\"0.1.0\"},\"documents\":[{\"sha256\":" +
      ref +
      ",\"size\":8}],\"evaluation\":{\"engine\":\"countersign-template/1\",\"inputs\":" + ref +
      ",\"output\":" + ref + ",\"trace\":" + ref +
      ",\"version\":\"0.1.0\"},\"fields\":[{\"commitment\":" + ref +
      ",\"id\":\"a\"},{\"commitment\":" + ref +
      ",\"id\":\"b\"}],\"intent\":{\"gesture\":\"hold\",\"text\":\"Sign\"},"
      "\"locale\":{\"contract\":\"en\",\"interface\":\"de\"},\"mark\":{\"kind\":\"drawn\","
      "\"sha256\":" +
      ref + "},\"rendering\":{\"text\":" + ref + "},\"revision\":" + ref +
      ",\"timeZone\":\"-03:30\"}";
  return {
      {EventType::kEnvelopeCreated,
       "{\"acceptance\":\"owner\",\"deadlinePolicy\":\"receipt\",\"detail\":" + ref +
           ",\"keyCommitment\":" + ref + ",\"owner\":" + key + ",\"recovery\":" + key +
           ",\"relatesTo\":[{\"env\":" + ref +
           ",\"how\":\"amends\"}],\"services\":{\"completer\":[" + ref + "],\"mailer\":[" + ref +
           "," + ref +
           "]},\"suite\":\"CSG-1\",\"tiePolicy\":\"signatureWins\",\"workspace\":" + ref + "}"},
      {EventType::kRevisionPublished,
       "{\"detail\":" + ref + ",\"inputs\":" + inputs + ",\"number\":2,\"revision\":" + ref + "}"},
      {EventType::kRecipientInvited,
       "{\"detail\":" + ref + ",\"invitation\":" + key +
           ",\"level\":\"link\",\"order\":64,\"recipient\":\"customer\",\"recipientType\":"
           "\"viewer\",\"role\":\"customer\"}"},
      {EventType::kRecipientJoined, "{\"detail\":" + ref + ",\"key\":" + key + ",\"proof\":\"" +
                                        kSignature + "\",\"recipient\":\"customer\"}"},
      {EventType::kRecipientAccepted, "{\"join\":" + ref + ",\"recipient\":\"customer\"}"},
      {EventType::kEnvelopeSent, "{\"revision\":" + ref + "}"},
      {EventType::kDocumentPresented, "{\"locale\":\"de\",\"reached\":{\"of\":9,\"units\":3}," +
                                          of + ",\"rendering\":" + ref + ",\"text\":" + ref + "}"},
      {EventType::kAccessDemonstrated, "{\"code\":\"0421\",\"method\":\"code\"," + of + "}"},
      {EventType::kConsentGiven, "{\"consent\":" + consent + "," + of + "}"},
      {EventType::kFieldsCommitted, "{\"detail\":" + ref + ",\"fields\":[\"a\",\"b\"]," + of + "}"},
      {EventType::kRecipientSigned,
       "{\"detail\":" + ref + "," + of + ",\"statement\":" + statement + "}"},
      {EventType::kRecipientDeclined, "{\"detail\":" + ref + "," + of + "}"},
      {EventType::kCopyDelivered, "{\"form\":\"bundle\"," + of + ",\"sha256\":" + ref + "}"},
      {EventType::kDeliveryRecorded, "{\"channel\":\"sms\",\"detail\":" + ref +
                                         ",\"outcome\":\"delivered\",\"recipient\":\"customer\"}"},
      {EventType::kEnvelopeVoided, "{\"detail\":" + ref + "}"},
      {EventType::kEnvelopeExpired, "{\"deadlineAt\":\"2026-11-22T10:00:00Z\"}"},
      {EventType::kEnvelopeCompleted, "{\"count\":7,\"past\":" + ref + ",\"revision\":" + ref +
                                          ",\"signatures\":[" + ref + "],\"text\":" + ref + "}"},
      {EventType::kCommentAdded,
       "{\"about\":" + ref + ",\"detail\":" + ref + "," + of + ",\"unit\":\"liability\"}"},
      {EventType::kChangeProposed,
       "{\"detail\":" + ref + "," + of + ",\"unit\":\"liability\",\"variant\":\"capped\"}"},
      {EventType::kChangeResolved,
       "{\"about\":" + ref + ",\"detail\":" + ref + ",\"outcome\":\"rejected\"}"},
      {EventType::kConsentWithdrawn, "{\"detail\":" + ref + "," + of + "}"},
      {EventType::kDelegationRequested, "{\"detail\":" + ref + "," + of + "}"},
      {EventType::kIdentityAttested,
       "{\"detail\":" + ref + ",\"device\":" + ref +
           ",\"level\":\"L2\",\"method\":\"email\",\"recipient\":\"customer\"}"},
      {EventType::kReminderSent,
       "{\"channel\":\"email\",\"detail\":" + ref + ",\"recipient\":\"customer\"}"},
      {EventType::kScheduleSet, "{\"channel\":\"email\",\"hours\":48}"},
      {EventType::kAutomationRan,
       "{\"detail\":" + ref + ",\"outcome\":\"done\",\"rule\":\"remind\"}"},
      {EventType::kCopyExported,
       "{\"detail\":" + ref + ",\"form\":\"html\"," + of + ",\"sha256\":" + ref + "}"},
      {EventType::kEnvelopeExported,
       "{\"detail\":" + ref + ",\"form\":\"bundle\",\"sha256\":" + ref + "}"},
      {EventType::kEnvelopeArchived, "{\"retainUntil\":\"2033-11-22T10:00:00Z\"}"},
      {EventType::kHoldPlaced, "{\"detail\":" + ref + "}"},
      {EventType::kHoldReleased, "{\"about\":" + ref + ",\"detail\":" + ref + "}"},
      {EventType::kContentShredded, "{\"detail\":" + ref + ",\"details\":[" + ref + "]}"},
      {EventType::kKeyWrapped, "{\"device\":" + ref + ",\"epoch\":1,\"wrapped\":" + ref + "}"},
      {EventType::kDeviceAdded, "{\"detail\":" + ref + ",\"key\":" + key + ",\"proof\":\"" +
                                    kSignature + "\",\"recipient\":\"customer\"}"},
      {EventType::kDeviceRevoked, "{\"detail\":" + ref + ",\"device\":" + ref + ",\"heads\":[" +
                                      ref + "],\"recipient\":\"customer\"}"},
      {EventType::kOwnerDeviceAdded,
       "{\"detail\":" + ref + ",\"key\":" + key + ",\"proof\":\"" + kSignature + "\"}"},
      {EventType::kOwnerDeviceRevoked, "{\"detail\":" + ref + ",\"device\":" + ref + "}"},
      {EventType::kOwnerHandedOver,
       "{\"detail\":" + ref + ",\"key\":" + key + ",\"proof\":\"" + kSignature + "\"}"},
      {EventType::kOwnerMerged, "{\"detail\":" + ref + ",\"kept\":" + ref + "}"},
      {EventType::kServiceKeyChanged,
       "{\"change\":\"removed\",\"key\":" + key + ",\"role\":\"scheduler\"}"},
      {EventType::kApprovalRequested, "{" + of + "}"},
      {EventType::kApprovalGranted, "{\"detail\":" + ref + "," + of + "}"},
      {EventType::kApprovalRefused, "{\"detail\":" + ref + "," + of + "}"},
      {EventType::kRecipientRemoved, "{\"detail\":" + ref + ",\"recipient\":\"customer\"}"},
      {EventType::kRecipientReplaced, "{\"detail\":" + ref + ",\"invitation\":" + key +
                                          ",\"level\":\"link\",\"recipient\":\"customer\"}"},
      {EventType::kAccessGranted,
       "{\"detail\":" + ref + ",\"from\":" + ref + ",\"invitation\":" + key +
           ",\"level\":\"link\",\"order\":1,\"recipient\":\"auditor\",\"recipientType\":"
           "\"viewer\",\"role\":\"auditor\"}"},
      {EventType::kRecipientApproved, "{\"detail\":" + ref + "," + of + "}"},
  };
}

String CodeOf(EventType type, const json::Value& body) {
  auto parsed = ParseBody(type, body);
  return parsed ? "" : String(parsed.error().name());
}

TEST(Body, WhatIsReadIsWrittenAlike) {
  EXPECT_EQ(ValidBodies().size(), kEventTypes);
  for (const auto& [type, text] : ValidBodies()) {
    const json::Value body = Json(text);
    auto parsed = ParseBody(type, body);
    ASSERT_TRUE(parsed.has_value())
        << EventTypeName(type) << " " << parsed.error().message() << parsed.error().path();
    EXPECT_EQ(json::Write(WriteBody(*parsed)), json::Write(body)) << EventTypeName(type);
    EXPECT_EQ(*ParseBody(type, WriteBody(*parsed)), *parsed);
  }
}

// Every object in it, at any depth.
void EachObject(const json::Value& value, String path, Vector<String>* paths) {
  if (value.is_object()) {
    paths->push_back(path);
    for (const json::Member& member : value.members())
      EachObject(member.value, path + "/" + member.name, paths);
  }
}

json::Value WithExtra(const json::Value& value, std::string_view path) {
  json::Value out = value;
  if (path.empty()) {
    out.Set("unheardOf", json::Value::Int(1));
    return out;
  }
  const size_t slash = path.find('/', 1);
  const std::string_view name = path.substr(1, slash == std::string_view::npos ? slash : slash - 1);
  out.Set(name,
          WithExtra(*value.Find(name), slash == std::string_view::npos ? "" : path.substr(slash)));
  return out;
}

TEST(Body, AMemberThatIsNotKnownIsRefusedAtAnyDepth) {
  for (const auto& [type, text] : ValidBodies()) {
    const json::Value body = Json(text);
    Vector<String> paths;
    EachObject(body, "", &paths);
    for (const String& path : paths) {
      EXPECT_EQ(CodeOf(type, WithExtra(body, path)), "schema.unknown_member")
          << EventTypeName(type) << path;
    }
  }
}

TEST(Body, AMissingMemberIsRefusedUnlessItIsOptional) {
  const Vector<String> optional = {"detail",        "recovery", "workspace", "relatesTo",
                                   "keyCommitment", "sha256",   "variant",   "retainUntil"};
  // A comment's members may lack where those of other types may not.
  const Vector<String> of_comment = {"about", "recipient", "unit"};
  for (const auto& [type, text] : ValidBodies()) {
    for (const json::Member& member : Json(text).members()) {
      json::Value body = Json(text);
      body.Remove(member.name);
      const bool may_lack =
          std::find(optional.begin(), optional.end(), member.name) != optional.end() ||
          (type == EventType::kCommentAdded &&
           std::find(of_comment.begin(), of_comment.end(), member.name) != of_comment.end());
      EXPECT_EQ(CodeOf(type, body), may_lack ? "" : "schema.missing_member")
          << EventTypeName(type) << member.name;
      body.Set(member.name, json::Value());
      EXPECT_NE(CodeOf(type, body), "")
          << "null is no value: " << EventTypeName(type) << member.name;
    }
  }
}

TEST(Body, ValuesOutsideTheirBoundsAreRefused) {
  const auto with = [](EventType type, std::string_view member, const char* value) {
    for (const auto& [known, text] : ValidBodies()) {
      if (known != type) continue;
      json::Value body = Json(text);
      body.Set(member, Json(String("[") + value + "]").items()[0]);
      return CodeOf(type, body);
    }
    return String();
  };
  EXPECT_EQ(with(EventType::kRecipientInvited, "order", "65"), "schema.bad_value");
  EXPECT_EQ(with(EventType::kRecipientInvited, "order", "0"), "schema.bad_value");
  EXPECT_EQ(with(EventType::kRecipientInvited, "recipient", "\"Customer\""), "schema.bad_value");
  EXPECT_EQ(with(EventType::kRecipientInvited, "level", "\"passkey\""), "schema.bad_value");
  EXPECT_EQ(with(EventType::kRecipientInvited, "recipientType", "\"onlooker\""),
            "schema.bad_value");
  EXPECT_EQ(with(EventType::kRecipientInvited, "host", "\"sales\""), "schema.bad_value")
      << "only a signer in person has a host";
  EXPECT_EQ(with(EventType::kServiceKeyChanged, "role", "\"cook\""), "schema.bad_value");
  EXPECT_EQ(with(EventType::kAccessDemonstrated, "code", "\"042\""), "schema.bad_value");
  EXPECT_EQ(with(EventType::kAccessDemonstrated, "method", "\"face\""), "schema.bad_value");
  EXPECT_EQ(with(EventType::kFieldsCommitted, "fields", "[\"b\",\"a\"]"), "schema.bad_value");
  EXPECT_EQ(with(EventType::kFieldsCommitted, "fields", "[\"a\",\"a\"]"), "schema.bad_value");
  EXPECT_EQ(with(EventType::kFieldsCommitted, "fields", "[]"), "schema.bad_value");
  EXPECT_EQ(with(EventType::kEnvelopeExpired, "deadlineAt", "\"2026-11-22T12:00:00+02:00\""),
            "schema.bad_value");
  EXPECT_EQ(with(EventType::kEnvelopeExpired, "deadlineAt", "\"soon\""), "schema.bad_value");
  EXPECT_EQ(with(EventType::kEnvelopeSent, "revision", "\"AAAA\""), "bytes.wrong_length");
  EXPECT_EQ(with(EventType::kEnvelopeSent, "revision", "7"), "schema.wrong_type");
  EXPECT_EQ(with(EventType::kEnvelopeCreated, "suite", "\"CSG-2\""), "event.unknown_suite");
  EXPECT_EQ(with(EventType::kEnvelopeCreated, "services", "{\"completer\":[]}"),
            "schema.bad_value");
  EXPECT_EQ(with(EventType::kScheduleSet, "hours", "0"), "schema.bad_value");
  EXPECT_EQ(with(EventType::kScheduleSet, "hours", "8760"), "");
  EXPECT_EQ(with(EventType::kScheduleSet, "hours", "8761"), "schema.bad_value");
  EXPECT_EQ(with(EventType::kIdentityAttested, "level", "\"L4\""), "schema.bad_value");
  EXPECT_EQ(with(EventType::kChangeResolved, "outcome", "\"maybe\""), "schema.bad_value");
  EXPECT_EQ(with(EventType::kEnvelopeArchived, "retainUntil", "\"for ever\""), "schema.bad_value");
  EXPECT_EQ(with(EventType::kContentShredded, "details", "[]"), "schema.bad_value");
  const auto many = [&](EventType type, const char* member, int count) {
    String list;
    for (int i = 0; i < count; ++i) {
      Hash ref;
      ref.bytes[0] = static_cast<uint8_t>(i);
      list += (i == 0 ? "[\"" : ",\"") + ref.ToBase64Url() + "\"";
    }
    return with(type, member, std::string(list + "]").c_str());
  };
  EXPECT_EQ(many(EventType::kContentShredded, "details", 64), "");
  EXPECT_EQ(many(EventType::kContentShredded, "details", 65), "schema.bad_value");
  EXPECT_EQ(many(EventType::kDeviceRevoked, "heads", 32), "");
  EXPECT_EQ(many(EventType::kDeviceRevoked, "heads", 33), "schema.bad_value");
  const String two = "[\"" + kRef + "\",\"" + kRef + "\"]";
  EXPECT_EQ(with(EventType::kEnvelopeCompleted, "signatures", std::string(two).c_str()),
            "schema.bad_value");
}

TEST(Body, ErrorsSayWhere) {
  json::Value body = Json(ValidBodies()[1].second);
  json::Value inputs = *body.Find("inputs");
  json::Value identity = *inputs.Find("template");
  identity.Set("source", json::Value::String("x"));
  inputs.Set("template", identity);
  body.Set("inputs", inputs);
  auto parsed = ParseBody(EventType::kRevisionPublished, body);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().path(), "/body/inputs/template/source");
}

TEST(EventTypes, AreAClosedList) {
  for (size_t i = 0; i < kEventTypes; ++i) {
    const EventType type = static_cast<EventType>(i);
    EXPECT_EQ(*ParseEventType(EventTypeName(type)), type);
  }
  EXPECT_EQ(ParseEventType("timestamp.issued").error().name(), "event.reserved_type");
  EXPECT_EQ(ParseEventType("envelope.exploded").error().name(), "event.unknown_type");
}

// ---- blobs ----

String RoutingCode(std::string_view text) {
  auto routing = ParseRouting(AsBytes(text));
  return routing ? "" : String(routing.error().name());
}
String FieldsCode(std::string_view text) {
  auto fields = ParseFields(AsBytes(text));
  return fields ? "" : String(fields.error().name());
}

TEST(Blobs, RoutingIsStrict) {
  const String good =
      WriteRouting({{"b", 2, RecipientType::kCopy, "x"}, {"a", 1, RecipientType::kSigner, "y"}});
  EXPECT_EQ(
      good,
      "{\"format\":\"countersign-routing/"
      "v1\",\"recipients\":[{\"id\":\"a\",\"order\":1,\"recipientType\":\"signer\","
      "\"role\":\"y\"},{\"id\":\"b\",\"order\":2,\"recipientType\":\"copy\",\"role\":\"x\"}]}");
  EXPECT_EQ(RoutingCode(good), "");
  EXPECT_EQ(RoutingCode(" " + good), "json.not_canonical");
  EXPECT_EQ(RoutingCode("{\"format\":\"countersign-routing/v2\",\"recipients\":[]}"),
            "schema.bad_value");
  EXPECT_EQ(RoutingCode("{\"format\":\"countersign-routing/"
                        "v1\",\"recipients\":[{\"id\":\"b\",\"order\":1,\"recipientType\":"
                        "\"signer\",\"role\":\"y\"},{\"id\":\"a\",\"order\":1,\"recipientType\":"
                        "\"signer\",\"role\":\"y\"}]}"),
            "schema.bad_value")
      << "not sorted";
}

TEST(Blobs, FieldsAreStrictWhereRulesReadThem) {
  EXPECT_EQ(FieldsCode("{\"fields\":[{\"anything\":{},\"id\":\"a\",\"kind\":\"input\",\"required\":"
                       "\"conditional\"}],"
                       "\"format\":\"countersign-fields/v1\"}"),
            "");
  EXPECT_EQ(
      FieldsCode(
          "{\"fields\":[{\"id\":\"a\",\"kind\":\"input\"}],\"format\":\"countersign-fields/v1\"}"),
      "schema.missing_member");
  EXPECT_EQ(FieldsCode("{\"fields\":[{\"id\":\"a\",\"kind\":\"input\",\"required\":\"maybe\"}],"
                       "\"format\":\"countersign-fields/v1\"}"),
            "schema.bad_value");
  EXPECT_EQ(FieldsCode("{\"fields\":[],\"format\":\"x\"}"), "schema.bad_value");
  EXPECT_EQ(FieldsCode("[]"), "schema.wrong_type");
}

TEST(Blobs, AreFoundByTheirHashAndBounded) {
  BlobSet blobs;
  auto ref = blobs.Add(Bytes{1, 2, 3});
  ASSERT_TRUE(ref.has_value());
  EXPECT_EQ(*ref, crypto::Sha256(Bytes{1, 2, 3}));
  EXPECT_EQ(*blobs.Find(*ref), (Bytes{1, 2, 3}));
  blobs.Remove(*ref);
  EXPECT_FALSE(blobs.Has(*ref));
  EXPECT_EQ(blobs.Add(Bytes(log::kMaxBlobBytes + 1)).error().name(), "blob.too_large");
}

TEST(Blobs, TheOthersAreFoundOnceOneWasRemoved) {
  BlobSet blobs;
  Vector<Hash> refs;
  for (uint8_t i = 0; i < 100; ++i) refs.push_back(*blobs.Add(Bytes{i}));
  for (uint8_t i = 0; i < 100; i += 3) blobs.Remove(refs[i]);
  blobs.Remove(refs[0]);  // a second time
  for (uint8_t i = 0; i < 100; ++i) {
    ASSERT_EQ(blobs.Has(refs[i]), i % 3 != 0);
    if (i % 3 != 0) EXPECT_EQ(*blobs.Find(refs[i]), Bytes{i});
  }
  EXPECT_EQ(blobs.blobs().size(), 66u);
}

TEST(Blobs, ThereAreAtMost60000) {
  BlobSet blobs;
  for (size_t i = 0; i < kMaxBlobs; ++i) {
    ASSERT_TRUE(blobs.Add(Bytes{static_cast<uint8_t>(i), static_cast<uint8_t>(i >> 8),
                                static_cast<uint8_t>(i >> 16)}));
  }
  EXPECT_EQ(blobs.Add(Bytes{1, 2, 3, 4}).error().name(), "blob.too_many");
}

// Values of FORMAT.md's formulas, computed by hand with another implementation of SHA-256 (Python's
// hashlib).
TEST(Hashes, AreThoseOfTheFormat) {
  EventId envelope;
  envelope.bytes.fill(1);
  PublicKey device;
  device.bytes.fill(2);
  Hash revision;
  revision.bytes.fill(3);
  Salt salt;
  salt.bytes.fill(4);
  EXPECT_EQ(JoinChallenge(envelope, "customer", device).ToBase64Url(),
            "eGRUhd_I2e_i1xPwpCILzKHRYHfuV1v7KNNA-axGU8g");
  EXPECT_EQ(AccessCode(envelope, "customer", revision), "1868");
  EXPECT_EQ(CommitField("seats", salt, json::Value::Int(6)).ToBase64Url(),
            "slDh2c8j1EbglYGu-AK8QYDrVWsnW7EKLvpzsEYkgfE");
  EXPECT_EQ(HashMark(Json("{\"kind\":\"typed\",\"text\":\"C\"}")).ToBase64Url(),
            "QMWQ_A1EtgnGCLc4gMhMiQpcMCfz5U1mVVhbcUz101M");
}

}  // namespace
}  // namespace countersign::envelope
