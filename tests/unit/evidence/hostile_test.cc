// What somebody does to a file who has no key (or only their own), and how it is named.
#include <gtest/gtest.h>

#include <algorithm>

#include "evidence/findings.h"
#include "evidence/verify.h"
#include "support/bundle_lines.h"
#include "support/reports.h"
#include "support/signed_envelope.h"
#include "template/lock.h"

namespace countersign::evidence {
namespace {

using testing::BundleLines;
using testing::FindReason;
using testing::HasReason;
using testing::Parsed;
using testing::Report;
using testing::SignedEnvelope;
using testing::Text;

// As small as a contract gets: one locked line, one mark each.
constexpr std::string_view kSmallTemplate = R"(---
template: nda
version: 1
title: NDA
locale: en
roles:
  provider: { label: Provider, signs: true, order: 2 }
  customer: { label: Customer, signs: true, order: 1 }
fields:
  seats: { type: int, label: Seats }
---
# Secrecy {#s lock}

Keep {{= seats | number }} secrets. {{sign: a, role=customer}} {{sign: b, role=provider}}
)";

const String& Completed() {
  static const String* const bundle = [] {
    SignedEnvelope envelope;
    envelope.Complete();
    return new String(envelope.Bundle());
  }();
  return *bundle;
}

String IdOfLine(const String& line) {
  auto event = log::Event::Parse(std::string_view(line).substr(6));
  return event ? event->id.ToBase64Url() : String();
}

bool NamesEvent(const VerificationReport& report, const String& id) {
  for (const json::Value& reason : ListOf(report.json, "reasons")) {
    if (TextOf(reason, "event") == id) return true;
  }
  return false;
}

bool NamesLineOrPart(const VerificationReport& report, size_t line, const String& name) {
  for (const json::Value& reason : ListOf(report.json, "reasons")) {
    const json::Value* at = reason.Find("line");
    if (at != nullptr && at->int_value() == static_cast<int64_t>(line)) return true;
    if (!name.empty() && (TextOf(reason, "event") == name || TextOf(reason, "blob") == name))
      return true;
  }
  return false;
}

TEST(Hostile, EveryFlippedByteOfASmallBundleIsNamed) {
  SignedEnvelope envelope({.source = kSmallTemplate});
  envelope.Create();
  envelope.Invite();
  envelope.Publish(R"({"seats":1})");
  envelope.Do(envelope.owner, R"({"do":"send"})");
  envelope.Join(envelope.customer, envelope.customer_link);
  envelope.Do(envelope.customer, R"({"do":"decline"})");
  const String whole = envelope.Bundle();
  ASSERT_EQ(Report(whole).verdict, Verdict::kEnded);
  size_t line = 1;
  size_t line_start = 0;
  for (size_t at = 0; at < whole.size(); ++at) {
    String file = whole;
    file[at] = static_cast<char>(file[at] ^ 1);
    if (whole.compare(line_start, 5, "blob ") == 0 && at % 31 != 0) {
      // The reader names a blob's line by itself; the whole verifier is asked for some of these
      // bytes.
      auto bundle = ReadBundle(AsBytes(file));
      ASSERT_TRUE(bundle.has_value());
      const bool named = std::any_of(bundle->faults.begin(), bundle->faults.end(),
                                     [&](const Fault& fault) { return fault.line == line; });
      EXPECT_TRUE(named) << at;
      if (whole[at] == '\n') {
        ++line;
        line_start = at + 1;
      }
      continue;
    }
    auto report = Verify(AsBytes(file));
    if (line == 1) {  // the first line: no bundle at all
      ASSERT_FALSE(report.has_value()) << at;
      EXPECT_EQ(report.error().code(), ErrorCode::kBundleBadHeader);
    } else {
      ASSERT_TRUE(report.has_value()) << at;
      ASSERT_TRUE(report->verdict == Verdict::kInvalid || report->verdict == Verdict::kIncomplete)
          << at << " " << VerdictName(report->verdict);
      // The end line says so for any byte; that must not be all.
      const String text = whole.substr(line_start, whole.find('\n', line_start) - line_start);
      const bool in_end = text.starts_with("end ");
      String name;
      const String now = file.substr(line_start, file.find('\n', line_start) - line_start);
      if (now.starts_with("event ")) name = IdOfLine(now);
      EXPECT_TRUE(NamesLineOrPart(*report, line, name))
          << at << " " << text.substr(0, 20) << json::Write(report->json);
      // A changed key id names a key that nobody introduced: such an event waits, as far as anybody
      // can know.
      const bool waits = FindReason(*report, "event.waits_for_key") != nullptr;
      if (!in_end && at != line_start + text.size() && !waits) {
        EXPECT_EQ(report->verdict, Verdict::kInvalid) << at;
      }
    }
    if (whole[at] == '\n') {
      ++line;
      line_start = at + 1;
    }
  }
}

TEST(Hostile, ADroppedEventIsNamedAndNeverValid) {
  const BundleLines whole(Completed());
  const size_t events = whole.EventCount();
  for (size_t i = 1; i <= events; ++i) {
    BundleLines lines = whole;
    const String dropped = IdOfLine(lines.lines[i]);
    const bool is_completion =
        log::Event::Parse(lines.lines[i].substr(6))->type == "envelope.completed";
    lines.lines.erase(lines.lines.begin() + static_cast<std::ptrdiff_t>(i));
    const VerificationReport report = Report(lines.Join());
    if (is_completion) {
      EXPECT_EQ(report.verdict, Verdict::kNotSealed);
    } else {
      EXPECT_EQ(report.verdict, Verdict::kIncomplete)
          << i << json::Write(*report.json.Find("reasons"));
      if (i > 1) {
        EXPECT_TRUE(NamesEvent(report, dropped)) << i;
      }
    }
  }
}

TEST(Hostile, AReorderedOrDuplicatedEventIsNamed) {
  const BundleLines whole(Completed());
  for (size_t i = 1; i + 1 <= whole.EventCount(); ++i) {
    BundleLines lines = whole;
    if (i < whole.EventCount()) {
      std::swap(lines.lines[i], lines.lines[i + 1]);
      const VerificationReport report = Report(lines.Join());
      EXPECT_EQ(report.verdict, Verdict::kInvalid) << i;
      EXPECT_TRUE(HasReason(report, "bundle.out_of_order", "invalid")) << i;
    }
    lines = whole;
    lines.lines.insert(lines.lines.begin() + static_cast<std::ptrdiff_t>(i), lines.lines[i]);
    const VerificationReport report = Report(lines.Join());
    EXPECT_EQ(report.verdict, Verdict::kInvalid);
    ASSERT_NE(FindReason(report, "bundle.duplicate"), nullptr);
    EXPECT_EQ(TextOf(*FindReason(report, "bundle.duplicate"), "event"), IdOfLine(whole.lines[i]));
  }
}

TEST(Hostile, ATruncatedBundleIsIncompleteAndNeverValid) {
  const String& whole = Completed();
  const size_t header = whole.find('\n') + 1;
  for (size_t size = header; size < whole.size(); size += size % 97 + 61) {
    const VerificationReport report = Report(whole.substr(0, size));
    EXPECT_EQ(report.verdict, Verdict::kIncomplete) << size << json::Write(report.json);
  }
}

TEST(Hostile, ATransplantedSignatureBelongsToAnotherEnvelope) {
  SignedEnvelope other({.title = "Another agreement"});
  other.SignByAll();
  SignedEnvelope envelope;
  envelope.Send();
  for (const String& event : other.events()) {
    if (log::Event::Parse(event)->type == "recipient.signed") envelope.events().push_back(event);
  }
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  const json::Value* reason = FindReason(report, "log.wrong_envelope");
  ASSERT_NE(reason, nullptr) << json::Write(report.json);
  EXPECT_FALSE(TextOf(*reason, "event").empty());
}

// Somebody without keys swaps the text and recomputes every hash that needs none: the blob's
// reference, the revision's hash, the event that names them.
TEST(Hostile, ASwappedTemplateWithEveryUnkeyedHashRecomputedFailsAtTheSignature) {
  SignedEnvelope envelope;
  envelope.Complete();
  String compiled = envelope.compiled();
  const size_t word = compiled.find("one hour");
  ASSERT_NE(word, String::npos);
  compiled.replace(word, 8, "one year");
  const String new_ref = crypto::Sha256(AsBytes(compiled)).ToBase64Url();
  Vector<String> events = envelope.events();
  String victim;
  for (String& event : events) {
    auto parsed = log::Event::Parse(event);
    if (parsed->type != "revision.published") continue;
    auto body = envelope::ParseBody(envelope::EventType::kRevisionPublished, parsed->body);
    body->inputs->template_identity.compiled = *Hash::FromBase64Url(new_ref);
    body->revision = envelope::RevisionHash(*body->inputs);
    log::EventDraft draft = *parsed;
    draft.body = envelope::WriteBody(*body);
    auto prepared = log::Prepare(draft, parsed->author);
    event = log::Attach(*prepared, parsed->signature());
    victim = prepared->id.ToBase64Url();
  }
  Vector<Bytes> blobs;
  for (const Bytes& blob : envelope.blobs()) {
    if (AsText(blob) != envelope.compiled()) blobs.push_back(blob);
  }
  blobs.emplace_back(compiled.begin(), compiled.end());
  const VerificationReport report = Report(*WriteBundle(events, blobs));
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  const json::Value* reason = FindReason(report, "event.bad_signature");
  ASSERT_NE(reason, nullptr) << json::Write(report.json);
  EXPECT_EQ(TextOf(*reason, "event"), victim);
}

// The sender has the owner's key and publishes a compiled template that its source does not give.
class CraftedTemplate : public SignedEnvelope {
 public:
  void PublishCompiled(const String& compiled, bool with_source_of_its_own) {
    (void)with_source_of_its_own;
    AddBlob(Bytes(kFixture.begin(), kFixture.end()));
    AddBlob(Bytes(compiled.begin(), compiled.end()));
    const String consent = contract().consent()->Write();
    AddBlob(Bytes(consent.begin(), consent.end()));
    const String fields =
        templates::WriteFields(contract(), {{"customer", "customer"}, {"provider", "provider"}});
    AddBlob(Bytes(fields.begin(), fields.end()));
    json::Value command = Parsed(
        R"({"do":"publishRevision","locale":"en","values":{"seats":12,"price":["30.00","EUR"]}})");
    command.Set(
        "template",
        json::Value::Make({{"id", Text("support-upgrade")},
                           {"version", Text("3")},
                           {"source", Text(contract().source_ref())},
                           {"compiled", Text(crypto::Sha256(AsBytes(compiled)).ToBase64Url())}}));
    command.Set("fields", Text(crypto::Sha256(AsBytes(fields)).ToBase64Url()));
    command.Set("consent", json::Value::Make(
                               {{"id", Text(contract().consent()->id)},
                                {"version", Text(contract().consent()->version)},
                                {"locale", Text(contract().consent()->locale)},
                                {"text", Text(crypto::Sha256(AsBytes(consent)).ToBase64Url())}}));
    Do(owner, command);
  }
  const String kFixture{testing::kFixtureTemplate};
};

TEST(Hostile, ALockedClauseChangedInTheStoredTemplateIsBroken) {
  CraftedTemplate envelope;
  envelope.Create();
  envelope.Invite();
  String compiled = envelope.compiled();
  const size_t word = compiled.find("The customer may use");
  ASSERT_NE(word, String::npos);
  compiled.replace(word, 20, "Some other people us");
  envelope.PublishCompiled(compiled, false);
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_TRUE(HasReason(report, "template.lock_broken", "invalid")) << json::Write(report.json);
}

TEST(Hostile, AClauseChangedBehindTheSourceIsFoundByCompilingAgain) {
  CraftedTemplate envelope;
  envelope.Create();
  envelope.Invite();
  String compiled = envelope.compiled();
  const size_t word = compiled.find("one hour");
  compiled.replace(word, 8, "one year");
  envelope.PublishCompiled(compiled, false);
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_TRUE(HasReason(report, "template.not_from_source", "invalid")) << json::Write(report.json);
  EXPECT_EQ(TextOf(ObjectOf(report.json, "document"), "recompiled"), "differs");
}

// A signer's own device signs a text that the template does not give (changed in the page, say).
TEST(Hostile, ASignedTextThatIsNotTheTemplatesIsNamedWithTheSignature) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Join(envelope.customer, envelope.customer_link);
  ceremony::Draft draft;
  envelope.Prepare(envelope.customer, draft);
  envelope.Act(envelope.customer, draft, R"({"do":"commitFields"})");
  auto values = ceremony::ValuesOf(envelope.SceneOf(envelope.customer), draft);
  auto terms = templates::Settle(envelope.contract(), *values);
  ASSERT_TRUE(terms.has_value());
  String text = terms->bytes;
  const size_t word = text.find("one hour");
  ASSERT_NE(word, String::npos);
  text.replace(word, 8, "one year");
  terms->text = document::TextRef(text);
  json::Value present = Parsed(R"({"do":"present","locale":"en","reached":{"units":1,"of":1}})");
  present.Set("text", Text(terms->text.ToBase64Url()));
  present.Set("rendering", Text(terms->rendering.ToBase64Url()));
  envelope.Do(envelope.customer, present);
  json::Value sign = Parsed(
      R"({"do":"sign","locale":{"contract":"en","interface":"en"},"timeZone":"+00:00","intent":{"text":"Sign","gesture":"tap"},)"
      R"("mark":{"kind":"typed","text":"Ana"},"name":"Ana","core":{"name":"countersign","version":"0.1.0"}})");
  sign.Set("document",
           json::Value::Make({{"sha256", Text(terms->text.ToBase64Url())},
                              {"size", json::Value::Int(static_cast<int64_t>(text.size()))}}));
  sign.Set("evaluation", templates::EvaluationOf(*terms));
  sign.Set("rendering", json::Value::Make({{"text", Text(terms->rendering.ToBase64Url())}}));
  envelope.Do(envelope.customer, sign);
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  const json::Value* reason = FindReason(report, "document.not_from_template");
  ASSERT_NE(reason, nullptr) << json::Write(report.json);
  EXPECT_EQ(TextOf(*reason, "event"),
            envelope.state().Find("customer")->signature->mention.event.ToBase64Url());
  EXPECT_EQ(TextOf(ObjectOf(report.json, "document"), "rendered"), "differs");
}

// The statement's other hashes, each wrong in turn, by a device that signs what it likes.
TEST(Hostile, AnEvaluationThatWasNotThisOneIsNamed) {
  for (const std::string_view part : {"inputs", "trace", "rendering"}) {
    SignedEnvelope envelope;
    envelope.Send();
    envelope.Join(envelope.customer, envelope.customer_link);
    ceremony::Draft draft;
    envelope.Prepare(envelope.customer, draft);
    envelope.Act(envelope.customer, draft, R"({"do":"commitFields"})");
    auto terms = templates::Settle(envelope.contract(),
                                   *ceremony::ValuesOf(envelope.SceneOf(envelope.customer), draft));
    if (part == "inputs") terms->inputs.bytes[0] ^= 1;
    if (part == "trace") terms->trace.bytes[0] ^= 1;
    if (part == "rendering") terms->rendering.bytes[0] ^= 1;
    json::Value present = Parsed(R"({"do":"present","locale":"en","reached":{"units":1,"of":1}})");
    present.Set("text", Text(terms->text.ToBase64Url()));
    present.Set("rendering", Text(terms->rendering.ToBase64Url()));
    envelope.Do(envelope.customer, present);
    json::Value sign = Parsed(
        R"({"do":"sign","locale":{"contract":"en","interface":"en"},"timeZone":"+00:00","intent":{"text":"Sign","gesture":"tap"},)"
        R"("mark":{"kind":"typed","text":"Ana"},"name":"Ana","core":{"name":"countersign","version":"0.1.0"}})");
    sign.Set(
        "document",
        json::Value::Make({{"sha256", Text(terms->text.ToBase64Url())},
                           {"size", json::Value::Int(static_cast<int64_t>(terms->bytes.size()))}}));
    sign.Set("evaluation", templates::EvaluationOf(*terms));
    sign.Set("rendering", json::Value::Make({{"text", Text(terms->rendering.ToBase64Url())}}));
    envelope.Do(envelope.customer, sign);
    const VerificationReport report = Report(envelope.Bundle());
    const json::Value* reason = FindReason(report, "document.evaluation_differs");
    ASSERT_NE(reason, nullptr) << part << json::Write(report.json);
    EXPECT_NE(TextOf(*reason, "message").find(part), std::string_view::npos);
    EXPECT_EQ(report.verdict, Verdict::kInvalid);
  }
}

TEST(Hostile, FieldDefinitionsThatAreNotTheTemplatesAreNamed) {
  SignedEnvelope envelope;
  envelope.Create();
  envelope.Invite();
  // Without the customer's required name.
  String fields = templates::WriteFields(envelope.contract(),
                                         {{"customer", "customer"}, {"provider", "provider"}});
  json::Value parsed = Parsed(fields);
  json::Array kept;
  for (const json::Value& field : parsed.Find("fields")->items()) {
    if (TextOf(field, "id") != "contactName") kept.push_back(field);
  }
  parsed.Set("fields", json::Value::List(kept));
  const String source(testing::kFixtureTemplate);
  const String consent = envelope.contract().consent()->Write();
  for (const String& blob : {source, envelope.compiled(), consent})
    envelope.AddBlob(Bytes(blob.begin(), blob.end()));
  json::Value command = Parsed(
      R"({"do":"publishRevision","locale":"en","values":{"seats":12,"price":["30.00","EUR"]}})");
  command.Set("template",
              json::Value::Make({{"id", Text("support-upgrade")},
                                 {"version", Text("3")},
                                 {"source", Text(envelope.contract().source_ref())},
                                 {"compiled", Text(envelope.contract().compiled_ref())}}));
  command.Set("fields", json::Value::List(kept));
  command.Set("consent",
              json::Value::Make({{"id", Text(envelope.contract().consent()->id)},
                                 {"version", Text(envelope.contract().consent()->version)},
                                 {"locale", Text(envelope.contract().consent()->locale)},
                                 {"text", Text(crypto::Sha256(AsBytes(consent)).ToBase64Url())}}));
  envelope.Do(envelope.owner, command);
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_TRUE(HasReason(report, "fields.not_from_template", "invalid")) << json::Write(report.json);
}

// A detail is named by its hash, so it cannot be exchanged; but its author can name, in the event
// that signs, a mark whose content is another one.
TEST(Hostile, AMarkThatIsNotTheBoundOneIsNamed) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Join(envelope.customer, envelope.customer_link);
  ceremony::Draft draft;
  envelope.Prepare(envelope.customer, draft);
  envelope.Act(envelope.customer, draft, R"({"do":"sign","gesture":"tap","label":"Sign"})");
  auto signed_event = log::Event::Parse(envelope.events().back());
  ASSERT_EQ(signed_event->type, "recipient.signed");
  // The same signer signs again, naming another detail for the same statement; the first is left
  // out.
  envelope.events().pop_back();
  json::Value detail =
      Parsed(R"({"mark":{"kind":"drawn","strokes":[[[1,1,1]]]},"name":"Somebody Else"})");
  Salt salt;
  salt.bytes.fill(5);
  const String blob = *log::WriteDetail(detail, salt);
  json::Value body = signed_event->body;
  body.Set("detail", Text(crypto::Sha256(AsBytes(blob)).ToBase64Url()));
  log::EventDraft redraft = *signed_event;
  redraft.body = body;
  auto prepared = log::Prepare(redraft, signed_event->author);
  envelope.events().push_back(
      log::Attach(*prepared, envelope.customer.Sign(AsBytes(prepared->signing_input))));
  envelope.blobs().emplace_back(blob.begin(), blob.end());
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  const json::Value* reason = FindReason(report, "mark.differs");
  ASSERT_NE(reason, nullptr) << json::Write(report.json);
  EXPECT_EQ(TextOf(*reason, "recipient"), "customer");
}

TEST(Hostile, AValueThatIsNotTheBoundOneIsNamedWithItsField) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Sign(envelope.customer, envelope.customer_link);
  auto signed_event = log::Event::Parse(envelope.events().back());
  ASSERT_EQ(signed_event->type, "recipient.signed");
  envelope.events().pop_back();
  auto body = envelope::ParseBody(envelope::EventType::kRecipientSigned, signed_event->body);
  ASSERT_TRUE(body.has_value());
  body->statement->fields.front().commitment.bytes[0] ^= 1;
  log::EventDraft redraft = *signed_event;
  redraft.body = envelope::WriteBody(*body);
  auto prepared = log::Prepare(redraft, signed_event->author);
  envelope.events().push_back(
      log::Attach(*prepared, envelope.customer.Sign(AsBytes(prepared->signing_input))));
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  const json::Value* reason = FindReason(report, "commitment.differs");
  ASSERT_NE(reason, nullptr) << json::Write(*report.json.Find("reasons"));
  EXPECT_EQ(TextOf(*reason, "field"), "budget");
  EXPECT_EQ(TextOf(*reason, "recipient"), "customer");
}

TEST(Hostile, AConsentThatIsNotTheTextItNamesIsNamed) {
  SignedEnvelope envelope;
  envelope.Create();
  envelope.Invite();
  envelope.Publish();
  auto event = log::Event::Parse(envelope.events().back());
  auto body = envelope::ParseBody(envelope::EventType::kRevisionPublished, event->body);
  ASSERT_TRUE(body.has_value());
  envelope.events().pop_back();
  body->inputs->consent.version = "2";
  body->revision = envelope::RevisionHash(*body->inputs);
  log::EventDraft redraft = *event;
  redraft.body = envelope::WriteBody(*body);
  auto prepared = log::Prepare(redraft, event->author);
  envelope.events().push_back(
      log::Attach(*prepared, envelope.owner.Sign(AsBytes(prepared->signing_input))));
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_TRUE(HasReason(report, "consent.differs", "invalid"))
      << json::Write(*report.json.Find("reasons"));
}

TEST(Hostile, ATemplateThatIsNotTheNamedVersionIsNamed) {
  SignedEnvelope envelope;
  envelope.Create();
  envelope.Invite();
  envelope.Publish();
  auto event = log::Event::Parse(envelope.events().back());
  auto body = envelope::ParseBody(envelope::EventType::kRevisionPublished, event->body);
  envelope.events().pop_back();
  body->inputs->template_identity.version = "4";
  body->revision = envelope::RevisionHash(*body->inputs);
  log::EventDraft redraft = *event;
  redraft.body = envelope::WriteBody(*body);
  auto prepared = log::Prepare(redraft, event->author);
  envelope.events().push_back(
      log::Attach(*prepared, envelope.owner.Sign(AsBytes(prepared->signing_input))));
  EXPECT_TRUE(HasReason(Report(envelope.Bundle()), "template.differs", "invalid"));
}

TEST(Hostile, AnActThatBreaksARuleMakesAnOpenEnvelopeInvalidAndASealedOneStand) {
  SignedEnvelope open;
  open.Send();
  open.AddRaw(open.customer, "envelope.voided", "{}");  // a key that nobody introduced
  EXPECT_EQ(Report(open.Bundle()).verdict, Verdict::kIncomplete);

  SignedEnvelope joined;
  joined.Send();
  joined.Join(joined.customer, joined.customer_link);
  joined.AddRaw(joined.customer, "envelope.voided", "{}");
  const VerificationReport report = Report(joined.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kInvalid) << json::Write(report.json);

  SignedEnvelope sealed;
  sealed.Complete();
  sealed.AddRaw(sealed.customer, "envelope.voided", "{}");
  EXPECT_EQ(Report(sealed.Bundle()).verdict, Verdict::kValid);
}

TEST(Hostile, AnActThatTheCompletionDidNotSealIsShownAsLate) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Sign(envelope.customer, envelope.customer_link);
  const envelope::Ledger before = envelope.Replica();
  envelope.Sign(envelope.provider, envelope.provider_link);
  envelope.Do(envelope.completer, R"({"do":"complete"})");
  envelope.DoOn(before, envelope.owner, R"({"do":"void","reason":"Changed our mind"})");
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kValid) << json::Write(report.json);
  EXPECT_TRUE(HasReason(report, "signature.late", "notice"))
      << json::Write(*report.json.Find("reasons"));
}

TEST(Hostile, WithoutAGenesisThereIsNothingToJudge) {
  BundleLines lines(Completed());
  lines.lines.erase(lines.lines.begin() + 1);
  const VerificationReport report = Report(lines.Join());
  EXPECT_EQ(report.verdict, Verdict::kIncomplete);
  EXPECT_TRUE(HasReason(report, "envelope.not_open", "incomplete"));
  EXPECT_EQ(report.json.Find("envelope"), nullptr);
  const VerificationReport empty = Report("countersign-bundle/v1\n");
  EXPECT_EQ(empty.verdict, Verdict::kIncomplete);
}

TEST(Hostile, AForgeryUnderAKeyThatComesLaterInTheFileIsNamed) {
  // It waits for its key; when the join brings it, the signature is found not to fit.
  for (int salt = 0; salt < 64; ++salt) {
    SignedEnvelope envelope;
    envelope.Send();
    envelope.now += salt;
    const String forged = [&] {
      String stored = envelope.SignRaw(envelope.customer, "document.presented", Parsed("{}"));
      char& letter = stored[stored.size() - 20];
      letter = letter == 'A' ? 'B' : 'A';
      return stored;
    }();
    envelope.customer.seq_ = 0;
    envelope.Join(envelope.customer, envelope.customer_link);
    const String join = envelope.events().back();
    envelope.events().push_back(forged);
    const String bundle = envelope.Bundle();
    if (bundle.find(forged) > bundle.find(join)) continue;
    const auto report = Report(bundle);
    EXPECT_EQ(report.verdict, Verdict::kInvalid);
    EXPECT_TRUE(HasReason(report, "event.bad_signature", "invalid"));
    return;
  }
  FAIL() << "no forgery stood before the join";
}

TEST(Hostile, AnAnswerThatNoDetailHoldsIsNotedAsWithheld) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Join(envelope.customer, envelope.customer_link);
  json::Value body = Parsed(R"({"recipient":"customer","fields":["contactName"]})");
  body.Set("revision", Text(envelope.state().revision->hash.ToBase64Url()));
  envelope.AddRaw(envelope.customer, "fields.committed", json::Write(body));
  const auto report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kNotSealed);
  EXPECT_TRUE(HasReason(report, "detail.withheld", "notice"));
}

TEST(Hostile, NoNumberOfNoticesHidesAFault) {
  Findings findings;
  for (size_t i = 0; i < kMaxReasons + 20; ++i) {
    findings.Add(ErrorCode::kDetailWithheld, Severity::kNotice, "blob").event = "notice";
  }
  findings.Add(ErrorCode::kMarkDiffers, Severity::kInvalid, "mark").event = "fault";
  findings.Add(ErrorCode::kDetailWithheld, Severity::kNotice, "blob").event = "notice";
  EXPECT_EQ(findings.worst, Severity::kInvalid);
  ASSERT_EQ(findings.reasons.size(), kMaxReasons);
  EXPECT_EQ(findings.more_reasons, 22u);
  const auto is_fault = [](const Reason& reason) {
    return reason.code == ErrorCode::kMarkDiffers && reason.event == "fault";
  };
  EXPECT_TRUE(std::any_of(findings.reasons.begin(), findings.reasons.end(), is_fault));
}

TEST(Hostile, WhatComesBehindAnEndSpoilsNothing) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Join(envelope.customer, envelope.customer_link);
  envelope.Do(envelope.owner, R"({"do":"void"})");
  json::Value body = Parsed(R"({"recipient":"customer"})");
  body.Set("revision", Text(envelope.state().revision->hash.ToBase64Url()));
  envelope.AddRaw(envelope.customer, "recipient.declined", json::Write(body));
  const auto report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kEnded) << json::Write(report.json);
  EXPECT_TRUE(HasReason(report, "envelope.ended", "notice"));
}

TEST(Hostile, WhoHasNoPartSpoilsNothing) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Join(envelope.customer, envelope.customer_link);
  json::Value revoke = Parsed(R"({"do":"revokeDevice","recipient":"customer"})");
  revoke.Set("device", Text(crypto::Thumbprint(envelope.customer.author().key).ToBase64Url()));
  envelope.Do(envelope.owner, revoke);
  json::Value body = Parsed(R"({"recipient":"customer"})");
  body.Set("revision", Text(envelope.state().revision->hash.ToBase64Url()));
  envelope.AddRaw(envelope.customer, "recipient.declined", json::Write(body));
  envelope.AddRaw(envelope.customer, "receipt.issued", "{}");
  const auto report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kNotSealed) << json::Write(report.json);
  EXPECT_TRUE(HasReason(report, "device.revoked", "notice"));
  EXPECT_TRUE(HasReason(report, "event.reserved_type", "notice"));
}

TEST(Hostile, AMemberOfALaterVersionIsNotCalledWrong) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.AddRaw(envelope.owner, "envelope.voided", R"({"because":"later"})");
  const auto report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kNeedsNewerVersion);
  EXPECT_TRUE(HasReason(report, "schema.unknown_member", "newer"));
}

TEST(Hostile, WhatALaterVersionAddsBesideASealIsNotedAndWithinItDecides) {
  SignedEnvelope beside;
  beside.Complete();
  beside.AddRaw(beside.owner, "receipt.issued", "{}");
  const auto noted = Report(beside.Bundle());
  EXPECT_EQ(noted.verdict, Verdict::kValid);
  EXPECT_TRUE(HasReason(noted, "event.reserved_type", "notice"));

  SignedEnvelope within;
  within.SignByAll();
  within.AddRaw(within.owner, "receipt.issued", "{}");
  within.Do(within.completer, R"({"do":"complete"})");
  EXPECT_EQ(Report(within.Bundle()).verdict, Verdict::kNeedsNewerVersion);
}

}  // namespace
}  // namespace countersign::evidence
