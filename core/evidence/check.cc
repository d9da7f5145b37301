// Long because it is one reading: the checks of a bundle, one function each, in the order in which
// one rests on the other.
#include <algorithm>

#include "base/sort.h"
#include "crypto/crypto.h"
#include "evidence/findings.h"
#include "evidence/page.h"
#include "json/shape.h"
#include "log/event.h"
#include "template/file_value.h"
#include "values/plain_json.h"

namespace countersign::evidence {
namespace {

using envelope::Status;

constexpr std::string_view kSlots[] = {"contactUpdate", "copy",  "paperOption",
                                       "requirements",  "scope", "withdrawal"};

bool IsNewer(ErrorCode code) {
  return IsOfLaterVersion(code) || code == ErrorCode::kTemplateNeedsNewerEngine;
}

// The same of an event that could be read: what its body has besides what this version knows is a
// later version's.
bool IsNewerEvent(ErrorCode code) {
  return IsNewer(code) || code == ErrorCode::kSchemaUnknownMember;
}

// A bound of what may wait or be held decides nothing: with less beside it, the event would go on.
bool IsBound(ErrorCode code) {
  return code == ErrorCode::kLogQuarantineFull || code == ErrorCode::kLogQuarantineTooLarge ||
         code == ErrorCode::kLogTooManyOrphans || code == ErrorCode::kLogOrphansTooLarge ||
         code == ErrorCode::kLogTooManyEvents;
}

// Nothing that could be read: spaces and characters without a shape, however many.
bool IsBlank(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const std::string_view character = text.substr(at, CharacterBytes(text[at]));
    at += character.size();
    const bool space = character == " " || character == "\u00A0" || character == "\u1680" ||
                       character == "\u202F" || character == "\u205F" || character == "\u3000" ||
                       (character >= "\u2000" && character <= "\u200A");
    if (!space && !InspectText(character).Any()) return false;
  }
  return true;
}

// A rightly signed event by a key that nothing in its past lets in: whoever wrote it has no part.
// (Of what does not enter a log, the law refuses nothing else.)
bool IsNobodys(ErrorCode code) {
  const std::string_view name = CodeName(code);
  return name.starts_with("recipient.") || name.starts_with("envelope.");
}

class Checker {
 public:
  Checker(const Bundle& bundle, const Recompiler* recompiler)
      : bundle_(bundle), recompiler_(recompiler) {
    for (size_t i = 0; i < bundle.events.size(); ++i) by_id_.push_back(i);
    Sort(&by_id_, [&](size_t a, size_t b) { return bundle.events[a].id < bundle.events[b].id; });
  }

  Findings Run() {
    found_.events = bundle_.events.size();
    found_.blobs = bundle_.blobs.size();
    TellFaults();
    Replay();
    TellUnknown();
    if (!found_.ledger.is_open()) {
      Add(ErrorCode::kEnvelopeNotOpen, Severity::kIncomplete, "event");
      return std::move(found_);
    }
    found_.people = People(found_.ledger);
    ReadShredded();
    TellWaiting();
    TellInert();
    TellMissing();
    if (found_.ledger.state().revision) {
      CheckAttached();
      CheckTemplate();
      CheckFields();
      CheckConsent();
      ReadCommitted();
      Render();
      CheckSignatures();
      CheckAdmission(&found_);
      CheckCompletion();
    }
    TellWithheld();
    TellStatus();
    return std::move(found_);
  }

 private:
  const envelope::State& state() const { return found_.ledger.state(); }
  const envelope::RevisionInputs& inputs() const { return state().revision->inputs; }
  Reason& Add(ErrorCode code, Severity severity, std::string_view part) {
    return found_.Add(code, severity, part);
  }
  bool IsSealed() const { return state().completion.has_value(); }

  enum class Waits : uint8_t { kNo, kYes };

  // Place in by_id_, by_id_.size() where the event is not in the file.
  size_t IndexOf(const EventId& id) const {
    const auto at = std::lower_bound(
        by_id_.begin(), by_id_.end(), id,
        [&](size_t event, const EventId& wanted) { return bundle_.events[event].id < wanted; });
    return at != by_id_.end() && bundle_.events[*at].id == id
               ? static_cast<size_t>(at - by_id_.begin())
               : by_id_.size();
  }

  void StandOutside(const BundledEvent& event, ErrorCode code, Waits waits) {
    auto parsed = log::Event::Parse(event.stored);
    if (!parsed) return;
    found_.outside.push_back({event.id.ToBase64Url(), parsed->type, parsed->author.ToBase64Url(),
                              parsed->at, code, waits == Waits::kYes});
  }

  void TellFaults() {
    for (const Fault& fault : bundle_.faults) {
      const ErrorCode code = fault.error.code();
      Reason& reason = Add(code, Severity::kInvalid, "file");
      reason.detail = fault.error.detail();
      reason.line = fault.line;
      if (code == ErrorCode::kBundleBadEvent) reason.part = "event";
      if (code == ErrorCode::kBundleWrongBlob) {
        reason.part = "blob";
        reason.blob = fault.what;
      } else {
        reason.event = fault.what;
      }
    }
    for (const LaterEvent& event : bundle_.later) {
      unknown_.push_back({event.code, event.line, {}, event.stored});
    }
    if (bundle_.ending == Ending::kMissing)
      Add(ErrorCode::kBundleTruncated, Severity::kIncomplete, "file");
    found_.unfit = found_.unfit || bundle_.ending == Ending::kWrong;
    if (bundle_.ending == Ending::kWrong)
      Add(ErrorCode::kBundleWrongEnd, Severity::kIncomplete, "file").line = bundle_.end_line;
  }

  void Replay() {
    for (const Blob& blob : bundle_.blobs) {
      const envelope::Receipt receipt = found_.ledger.IngestBlob(blob.bytes);
      if (receipt.reception != envelope::Reception::kRefused) continue;
      Reason& reason =
          Add(receipt.code.value_or(ErrorCode::kBlobTooLarge), Severity::kInvalid, "blob");
      reason.blob = blob.ref.ToBase64Url();
    }
    // The order of the lines decides nothing: parents first (a file in reverse would be gone over
    // once for each of its events), and what waits or is beyond a bound is offered again for as
    // long as others go on. (What waited for a key or parent that came may have been refused then,
    // and no receipt said so.)
    Vector<const BundledEvent*> left;
    for (const uint32_t place : bundle_.order) left.push_back(&bundle_.events[place]);
    for (size_t before = left.size() + 1; left.size() < before;) {
      before = left.size();
      beyond_.clear();
      Vector<const BundledEvent*> still;
      for (const BundledEvent* event : left) {
        if (Ingest(*event) == Heard::kLater) still.push_back(event);
      }
      left = std::move(still);
    }
  }

  enum class Heard : uint8_t { kNow, kLater };

  Heard Ingest(const BundledEvent& event) {
    const envelope::Receipt receipt = found_.ledger.IngestEvent(event.stored);
    if (receipt.reception == envelope::Reception::kWaiting) return Heard::kLater;
    if (receipt.reception != envelope::Reception::kRefused) return Heard::kNow;
    const ErrorCode code = receipt.code.value_or(ErrorCode::kBundleBadEvent);
    if (IsBound(code)) {
      beyond_.emplace_back(code, &event);
      return Heard::kLater;
    }
    StandOutside(event, code, Waits::kNo);
    if (IsNewerEvent(code)) {
      unknown_.push_back({code, 0, event.id.ToBase64Url(), event.stored});
    } else {
      Add(code, IsNobodys(code) ? Severity::kNotice : Severity::kInvalid, "event").event =
          event.id.ToBase64Url();
    }
    return Heard::kNow;
  }

  // What only a newer version may know is judged by its signature first, or one changed byte in a
  // type would pass for the future. A key that nothing here introduces leaves it open. A completion
  // in effect knows all of its past, so none of these can be in it: what is sealed depends on none.
  void TellUnknown() {
    const bool sealed = found_.ledger.is_open() && IsSealed();
    for (const Unknown& unknown : unknown_) {
      const bool forged = Fits(unknown.stored) == SignatureFit::kNo;
      const std::optional<KeyId> author = AuthorOf(unknown.stored);
      const bool open = !sealed && !(author && found_.ledger.is_open() &&
                                     !envelope::HasPart(found_.ledger, *author));
      Reason& reason =
          forged ? Add(ErrorCode::kEventBadSignature, Severity::kInvalid, "event")
                 : Add(unknown.code, open ? Severity::kNewer : Severity::kNotice, "event");
      found_.unchecked = found_.unchecked || Fits(unknown.stored) != SignatureFit::kYes;
      reason.line = unknown.line;
      reason.event = unknown.event;
    }
    for (const auto& [code, event] : beyond_) {
      StandOutside(*event, code, Waits::kNo);
      Add(code, sealed ? Severity::kNotice : Severity::kIncomplete, "event").event =
          event->id.ToBase64Url();
    }
  }

  // The key that the header of an event names, whatever else the event is.
  static std::optional<KeyId> AuthorOf(std::string_view stored) {
    auto header = DecodeBase64Url(stored.substr(0, stored.find('.')));
    if (!header) return std::nullopt;
    auto header_json = json::Read(AsText(*header), json::kEventLimits);
    const json::Value* kid = header_json ? header_json->Find("kid") : nullptr;
    if (kid == nullptr || !kid->is_string()) return std::nullopt;
    auto author = KeyId::FromBase64Url(kid->string_value());
    return author ? std::optional<KeyId>(*author) : std::nullopt;
  }

  enum class SignatureFit : uint8_t { kYes, kNo, kKeyUnknown };

  SignatureFit Fits(std::string_view stored) const {
    const size_t dot = stored.find('.');
    const size_t second = dot == std::string_view::npos ? dot : stored.find('.', dot + 1);
    if (second == std::string_view::npos) return SignatureFit::kNo;
    const std::optional<KeyId> kid = AuthorOf(stored);
    auto payload = DecodeBase64Url(stored.substr(dot + 1, second - dot - 1));
    auto signature = Signature::FromBase64Url(stored.substr(second + 1));
    if (!kid || !payload || !signature) return SignatureFit::kNo;
    auto payload_json = json::Read(AsText(*payload), json::kEventLimits);
    if (!payload_json) return SignatureFit::kNo;
    const std::optional<PublicKey> key = KeyOf(*kid, *payload_json);
    if (!key) return SignatureFit::kKeyUnknown;
    return crypto::VerifySignature(*key, AsBytes(stored.substr(0, second)), *signature) ==
                   crypto::Verdict::kValid
               ? SignatureFit::kYes
               : SignatureFit::kNo;
  }

  // A key that the envelope introduced, or that the event itself shows (a genesis its owner, a join
  // its device).
  std::optional<PublicKey> KeyOf(const KeyId& kid, const json::Value& payload) const {
    Vector<PublicKey> keys;
    if (const json::Value* body = payload.Find("body")) {
      for (const std::string_view holder : {"owner", "key"}) {
        const json::Value* shown = body->Find(holder);
        const json::Value* x = shown == nullptr ? nullptr : shown->Find("x");
        if (x == nullptr || !x->is_string()) continue;
        auto raw = DecodeBase64Url(x->string_value());
        if (!raw) continue;
        if (auto key = crypto::AdmitKey(*raw)) keys.push_back(*key);
      }
    }
    if (found_.ledger.is_open()) {
      if (const auto* known = found_.ledger.fold().FindKey(kid)) return known->key();
    }
    for (const PublicKey& key : keys) {
      if (crypto::Thumbprint(key) == kid) return key;
    }
    return std::nullopt;
  }

  // What waits holds a sealed envelope up no more: the completion names its past by count and
  // digest.
  void TellWaiting() {
    for (const envelope::Ledger::Waiting& waiting : found_.ledger.waiting()) {
      found_.unchecked = true;
      Reason& reason =
          Add(waiting.code, IsSealed() ? Severity::kNotice : Severity::kIncomplete, "event");
      reason.event = waiting.event.ToBase64Url();
      if (const size_t at = IndexOf(waiting.event); at < by_id_.size()) {
        StandOutside(bundle_.events[by_id_[at]], waiting.code, Waits::kYes);
      }
    }
    for (const EventId& parent : found_.ledger.MissingParents()) {
      Reason& reason = Add(ErrorCode::kLogMissingParent,
                           IsSealed() ? Severity::kNotice : Severity::kIncomplete, "event");
      reason.event = parent.ToBase64Url();
    }
  }

  // What counts of the log: what was sealed, what the end knew, else everything.
  envelope::View Counted() const {
    const envelope::Facts& facts = found_.ledger.fold().facts();
    const envelope::View all = envelope::View::All(facts);
    if (IsSealed()) return found_.ledger.fold().Now().Sealed(all);
    if (!state().ending) return all;
    return envelope::View::PastOf(facts, *facts.causality.PlaceOf(state().ending->mention.event));
  }

  void TellInert() {
    // An act that breaks a rule in its own past was written by no honest device, and has no effect.
    // Where its author has no part in the agreement there, or what counts did not know it, it says
    // nothing: else a viewer, a mailer or who was let go could spoil what others agreed. And what
    // is sealed stands whatever is found beside or before it. What only a newer version can judge
    // leaves open what was built on it.
    const envelope::Facts& facts = found_.ledger.fold().facts();
    const envelope::View counted = Counted();
    for (const envelope::Inert& inert : state().refused) {
      const envelope::Place place = *facts.causality.PlaceOf(inert.event);
      const bool says = counted.Reaches(place) && HasPartThen(facts, place);
      Severity severity = says && !IsSealed() ? Severity::kInvalid : Severity::kNotice;
      if (says && IsNewerEvent(inert.code)) severity = Severity::kNewer;
      Reason& reason = found_.Add(inert.code, severity, "event", Findings::About::kRule);
      reason.detail = inert.type;
      reason.event = inert.event.ToBase64Url();
    }
    for (const envelope::Inert& inert : state().late) {
      Reason& reason = Add(inert.code, Severity::kNotice, "event");
      reason.detail = inert.type;
      reason.event = inert.event.ToBase64Url();
    }
    const bool frozen = state().status == Status::kFrozen;
    if (frozen) {
      for (const EventId& head : state().fork) {
        Reason& reason = Add(ErrorCode::kEnvelopeFrozen, Severity::kContested, "event");
        reason.event = head.ToBase64Url();
      }
    }
    if (frozen || state().status == Status::kContested) {
      for (const envelope::Contest& contest : state().contests) {
        const bool seals = contest.kind == envelope::ContestKind::kCompletion;
        if (contest.settled != envelope::Settled::kOpen || frozen != seals) continue;
        Reason& reason = Add(seals ? ErrorCode::kCompletionDiffers : ErrorCode::kEnvelopeContested,
                             Severity::kContested, "event");
        reason.event = contest.events.front().ToBase64Url();
        if (!contest.recipients.empty()) reason.recipient = contest.recipients.front();
      }
    }
  }

  // Why an envelope that is otherwise in order is no agreement (yet).
  void TellStatus() {
    switch (state().status) {
      case Status::kCompleted:
      case Status::kContested:
      case Status::kFrozen:
        return;
      case Status::kDeclined:
      case Status::kVoided:
      case Status::kExpired: {
        Reason& reason = Add(ErrorCode::kEnvelopeEnded, Severity::kNotice, "event");
        reason.detail = envelope::StatusName(state().status);
        if (state().ending) reason.event = state().ending->mention.event.ToBase64Url();
        return;
      }
      default:
        Add(ErrorCode::kEnvelopeNotSealed, Severity::kNotice, "completion").detail =
            envelope::StatusName(state().status);
    }
  }

  void Missing(const Hash& ref, std::string_view part, Severity severity = Severity::kIncomplete) {
    Reason& reason = Add(ErrorCode::kBlobMissing, severity, part);
    reason.blob = ref.ToBase64Url();
  }

  void TellMissing() {
    for (const Hash& ref : found_.ledger.MissingBlobs()) {
      Missing(ref, "blob", IsSealed() ? Severity::kNotice : Severity::kIncomplete);
    }
  }

  // What is not in the file and was not told already, with those who are bound to it.
  void TellWithheld() {
    for (const Hash& ref : found_.ledger.MissingDetails()) {
      if (std::find(told_.begin(), told_.end(), ref) != told_.end()) continue;
      Reason& reason = Add(ErrorCode::kDetailWithheld, Severity::kNotice, "blob");
      reason.blob = ref.ToBase64Url();
    }
  }

  void ReadShredded() {
    for (const envelope::Record& record :
         envelope::RecordsOf(found_.ledger, envelope::EventType::kContentShredded)) {
      const json::Value* refs = record.said.Find("details");
      if (refs == nullptr || !refs->is_array()) continue;
      for (const json::Value& ref : refs->items()) {
        if (!ref.is_string()) continue;
        if (auto hash = Hash::FromBase64Url(ref.string_value())) shredded_.push_back(*hash);
      }
    }
    SortUnique(&shredded_);
  }
  bool IsShredded(const std::optional<Hash>& detail) const {
    return detail && std::binary_search(shredded_.begin(), shredded_.end(), *detail);
  }

  // What belongs to the agreement is there to be read, or the file is not whole.
  void CheckAttached() {
    for (const Vector<Hash>* list : {&inputs().library, &inputs().attachments}) {
      for (const Hash& ref : *list) {
        if (!found_.ledger.blobs().Has(ref)) Missing(ref, "revision");
      }
    }
  }

  // Every file of the library that the template is made of is a part of the revision.
  bool PinsAreNamed(const templates::Template& contract) const {
    const Vector<Hash>& named = inputs().library;
    for (const String& pin : contract.library()) {
      if (std::find(named.begin(), named.end(), *Hash::FromBase64Url(pin)) == named.end()) {
        return false;
      }
    }
    return true;
  }

  void CheckTemplate() {
    const envelope::TemplateIdentity& named = inputs().template_identity;
    const Bytes* compiled = found_.ledger.blobs().Find(named.compiled);
    if (compiled == nullptr) {
      Missing(named.compiled, "template");
    } else {
      auto loaded = templates::Template::Load(AsText(*compiled));
      if (!loaded) {
        const ErrorCode code = loaded.error().code();
        Reason& reason =
            Add(code, IsNewer(code) ? Severity::kNewer : Severity::kInvalid, "template");
        reason.detail = loaded.error().detail();
        reason.blob = named.compiled.ToBase64Url();
        return;  // made by a later compiler, or by none: it is not made again
      } else {
        if (loaded->id() != named.id || NumberText(loaded->version()) != named.version ||
            loaded->source_ref() != named.source.ToBase64Url() || !PinsAreNamed(*loaded) ||
            loaded->locale() != inputs().locale) {
          Reason& reason = Add(ErrorCode::kTemplateDiffers, Severity::kInvalid, "template");
          reason.blob = named.compiled.ToBase64Url();
        }
        found_.contract = *std::move(loaded);
      }
    }
    const Bytes* source = found_.ledger.blobs().Find(named.source);
    if (source == nullptr) {
      Missing(named.source, "template");
      return;
    }
    if (recompiler_ == nullptr || compiled == nullptr) return;
    Vector<std::string_view> library;
    const Vector<String> none;
    for (const String& pin : found_.contract ? found_.contract->library() : none) {
      const Bytes* text = found_.ledger.blobs().Find(*Hash::FromBase64Url(pin));
      if (text == nullptr) return;  // reported as missing
      library.push_back(AsText(*text));
    }
    auto again = recompiler_->compile(AsText(*source), library);
    if (again && *again == AsText(*compiled)) {
      found_.recompiled = Match::kSame;
      return;
    }
    found_.recompiled = Match::kDiffers;
    Reason& reason = Add(ErrorCode::kTemplateNotFromSource, Severity::kInvalid, "template");
    if (!again) reason.detail = again.error().message();
    reason.blob = named.compiled.ToBase64Url();
  }

  void CheckFields() {
    if (!found_.contract) return;
    const Bytes* fields = found_.ledger.blobs().Find(inputs().fields);
    const Bytes* routing = found_.ledger.blobs().Find(inputs().routing);
    if (fields == nullptr || routing == nullptr) return;  // said already: events wait for these
    auto entries = envelope::ParseRouting(*routing);
    if (!entries) return;
    Vector<templates::RoleHolder> holders;
    for (const envelope::RoutingEntry& entry : *entries) holders.push_back({entry.id, entry.role});
    if (templates::WriteFields(*found_.contract, std::move(holders)) == AsText(*fields)) return;
    Reason& reason = Add(ErrorCode::kFieldsNotFromTemplate, Severity::kInvalid, "fields");
    reason.blob = inputs().fields.ToBase64Url();
  }

  void CheckConsent() {
    const envelope::ConsentIdentity& named = inputs().consent;
    const Bytes* blob = found_.ledger.blobs().Find(named.text);
    if (blob == nullptr) {
      Missing(named.text, "consent");
      return;
    }
    found_.consent_complete = Match::kDiffers;
    auto text = json::ReadCanonical(AsText(*blob), json::kDocumentLimits);
    const auto is = [&](std::string_view member, std::string_view wanted) {
      const json::Value* value = text->Find(member);
      return value != nullptr && value->is_string() && value->string_value() == wanted;
    };
    // A sender may have a disclosure of their own; one that is named as the template's is that one.
    const std::optional<templates::Consent>* own =
        found_.contract ? &found_.contract->consent() : nullptr;
    const bool another = own != nullptr && *own && (*own)->id == named.id &&
                         (*own)->version == named.version && (*own)->locale == named.locale &&
                         (*own)->Write() != AsText(*blob);
    if (!text || !is("format", "countersign-consent/v1") || !is("id", named.id) ||
        !is("version", named.version) || !is("locale", named.locale) || another) {
      Reason& reason = Add(ErrorCode::kConsentDiffers, Severity::kInvalid, "consent");
      reason.blob = named.text.ToBase64Url();
      return;
    }
    const json::Value* slots = text->Find("slots");
    for (const std::string_view name : kSlots) {
      const json::Value* slot = slots == nullptr ? nullptr : slots->Find(name);
      if (slot == nullptr || !slot->is_string() || IsBlank(slot->string_value())) return;
    }
    found_.consent_complete = Match::kSame;
  }

  // What was committed, by the types of the template's fields.
  void ReadCommitted() {
    found_.committed = envelope::CommittedValues(found_.ledger);
    TellUnreadFields();
    for (const envelope::CommittedValue& entry : found_.committed) {
      found_.answers.emplace_back();
      const templates::Field* field =
          found_.contract ? found_.contract->FindField(entry.field) : nullptr;
      if (field == nullptr || !entry.value || entry.value->is_null()) continue;
      auto value = values::FromJson(*entry.value, field->type);
      if (value) {
        if (field->kind == templates::FieldKind::kFile) CheckFile(entry, *value);
        found_.answers.back() = *std::move(value);
        continue;
      }
      Reason& reason =
          found_.Add(value.error().code(), Severity::kInvalid, "fields", Findings::About::kRule);
      reason.event = entry.event.ToBase64Url();
      reason.field = entry.field;
    }
  }

  // A file is among those of its event, and the one that its value says. It may be withheld as the
  // value may. (What says no file was told with what may not be signed.)
  void CheckFile(const envelope::CommittedValue& entry, const values::Value& value) {
    if (!templates::IsFile(value)) return;
    const Hash ref = *Hash::FromBase64Url(entry.value->Find("blob")->string_value());
    const envelope::Facts& facts = found_.ledger.fold().facts();
    const auto place = facts.causality.PlaceOf(entry.event);
    bool named = false;
    for (size_t i = 0; i < facts.contents.size(); ++i) {
      named = named || (facts.content_places[i] == *place && facts.contents[i] == ref);
    }
    const Bytes* blob = found_.ledger.blobs().Find(ref);
    if (named && blob == nullptr) {
      const envelope::Recipient& recipient = *state().Find(entry.recipient);
      const Bound bound = CountingMark(recipient) != nullptr ? Bound::kYes : Bound::kNo;
      return TellUnread(ref, "fields", bound, entry.recipient, entry.field);
    }
    if (named && templates::HoldsFile(*blob, value)) return;
    Reason& reason = Add(ErrorCode::kFileDiffers, Severity::kInvalid, "fields");
    reason.event = entry.event.ToBase64Url();
    reason.field = entry.field;
    reason.blob = ref.ToBase64Url();
  }

  // The text once more, from the compiled template and what everybody filled.
  void Render() {
    if (!found_.contract) return;
    const templates::Template& contract = *found_.contract;
    const auto sender = envelope::SenderValues(found_.ledger, *state().revision);
    if (!sender) {
      TellUnread(inputs().values, "document");
      return NotRendered(inputs().values);
    }
    auto values = templates::ReadValues(contract, *sender);
    if (!values) {
      NotFromTemplate(values.error(), {});
      return;
    }
    found_.values = *values;
    found_.given = *std::move(values);
    if (const envelope::CommittedValue* unread = FirstUnread()) {
      return NotRendered(DetailOf(*unread));
    }
    for (size_t i = 0; i < found_.committed.size(); ++i) {
      const envelope::CommittedValue& entry = found_.committed[i];
      const templates::Field* field = contract.FindField(entry.field);
      if (field == nullptr) continue;
      if (!entry.value) continue;
      templates::PutValue(entry.field, found_.answers[i] ? &*found_.answers[i] : nullptr,
                          &found_.values);
    }
    auto terms = templates::Settle(contract, found_.values);
    if (!terms) {
      // Before the first signature a text may still wait for answers.
      const bool waits = terms.error().code() == ErrorCode::kDocumentPending;
      found_.text_waits = waits && !AnySignature();
      if (!found_.text_waits) NotFromTemplate(terms.error(), {});
      return;
    }
    found_.terms = *std::move(terms);
    found_.rendered = Match::kSame;
  }

  // A value that the text depends on and that cannot be read: one that was not shredded, if any.
  const envelope::CommittedValue* FirstUnread() const {
    const envelope::CommittedValue* unread = nullptr;
    for (const envelope::CommittedValue& entry : found_.committed) {
      const templates::Field* field = found_.contract->FindField(entry.field);
      if (field == nullptr || entry.value || !IsUsed(*field)) continue;
      if (unread == nullptr || IsShredded(DetailOf(*unread))) unread = &entry;
    }
    return unread;
  }

  std::optional<Hash> DetailOf(const envelope::CommittedValue& entry) const {
    for (const envelope::CommittedField& field : state().Find(entry.recipient)->committed) {
      if (field.id == entry.field) return field.mention.detail;
    }
    return std::nullopt;
  }

  // A text that somebody signed and nobody can make again is as good as none: else whoever has no
  // key could take away what shows that it is another one. What was shredded, its owner took away.
  void NotRendered(const std::optional<Hash>& detail) {
    if (!AnySignature()) return;
    Reason& reason =
        Add(ErrorCode::kDocumentNotRendered,
            IsShredded(detail) ? Severity::kNotice : Severity::kIncomplete, "document");
    if (detail) reason.blob = detail->ToBase64Url();
  }

  enum class Bound : uint8_t { kNo, kYes };

  // A detail that is here and does not say what its event says it does, or that no event names, is
  // as good as withheld. (One that is not in the file is told with all of those.) What a mark that
  // counts binds has to be here to be compared, where its event names it.
  void TellUnread(const std::optional<Hash>& detail, std::string_view part,
                  Bound bound = Bound::kNo, std::string_view recipient = {},
                  std::string_view field = {}) {
    const bool lacks = bound == Bound::kYes && detail && !IsShredded(detail);
    const bool away = detail && !found_.ledger.blobs().Has(*detail);
    if (away && !lacks) return;
    if (away) told_.push_back(*detail);
    Reason& reason =
        Add(ErrorCode::kDetailWithheld, lacks ? Severity::kIncomplete : Severity::kNotice, part);
    if (detail) reason.blob = detail->ToBase64Url();
    reason.recipient = recipient;
    reason.field = field;
  }

  void TellUnreadFields() {
    for (const envelope::Recipient& recipient : state().recipients) {
      const Bound bound = CountingMark(recipient) != nullptr ? Bound::kYes : Bound::kNo;
      for (const envelope::CommittedField& field : recipient.committed) {
        const auto read =
            std::find_if(found_.committed.begin(), found_.committed.end(),
                         [&](const envelope::CommittedValue& value) {
                           return value.field == field.id && value.recipient == recipient.id;
                         });
        if (read != found_.committed.end() && read->value && read->salt) continue;
        TellUnread(field.mention.detail, "fields", bound, recipient.id, field.id);
      }
    }
  }

  bool IsUsed(const templates::Field& field) const {
    const auto& roles = found_.contract->text_roles();
    return field.role.empty() || std::find(roles.begin(), roles.end(), field.role) != roles.end();
  }

  bool AnySignature() const {
    return std::any_of(
        state().recipients.begin(), state().recipients.end(),
        [](const envelope::Recipient& r) { return r.signature && r.signature->counts(); });
  }

  void NotFromTemplate(const Error& why, const String& event) {
    found_.rendered = Match::kDiffers;
    Reason& reason = Add(ErrorCode::kDocumentNotFromTemplate, Severity::kInvalid, "document");
    reason.detail = why.message();
    reason.event = event;
  }

  void CheckSignatures() {
    for (const envelope::Recipient& recipient : state().recipients) {
      if (!recipient.signature) continue;
      const envelope::Mark& mark = *recipient.signature;
      SignatureFinding finding{recipient.id, envelope::ReadSigned(found_.ledger, mark), {}};
      // What binds nobody is not compared: another device's mark beside the one that counts may
      // bind what that device knew.
      if (finding.content && mark.counts()) {
        CheckText(mark, finding.content->statement);
        CheckCommitments(recipient, mark, &finding);
        CheckMark(recipient, mark, *finding.content);
      }
      found_.signatures.push_back(std::move(finding));
      found_.pasts.emplace_back(mark.mention.event, PastOf(mark.mention.event));
    }
  }

  void CheckText(const envelope::Mark& mark, const envelope::Statement& statement) {
    const String event = mark.mention.event.ToBase64Url();
    if (statement.engine != templates::kEngine) {
      Reason& reason = Add(ErrorCode::kTemplateNeedsNewerEngine, Severity::kNewer, "document");
      reason.event = event;
      return;
    }
    const Hash& signed_text = statement.documents.front().text;
    if (statement.output != signed_text) Evaluation(event, "output");
    if (statement.contract_locale != inputs().locale) Evaluation(event, "locale");
    if (!found_.terms) return;
    if (signed_text != found_.terms->text) {
      found_.rendered = Match::kDiffers;
      Reason& reason = Add(ErrorCode::kDocumentNotFromTemplate, Severity::kInvalid, "document");
      reason.detail =
          "signed " + signed_text.ToBase64Url() + ", rendered " + found_.terms->text.ToBase64Url();
      reason.event = event;
      return;
    }
    if (statement.documents.front().size != static_cast<int64_t>(found_.terms->bytes.size())) {
      Evaluation(event, "size");
    }
    if (statement.inputs != found_.terms->inputs) Evaluation(event, "inputs");
    if (statement.trace != found_.terms->trace) Evaluation(event, "trace");
    if (statement.rendering != found_.terms->rendering) Evaluation(event, "rendering");
  }

  void Evaluation(const String& event, std::string_view what) {
    Reason& reason = Add(ErrorCode::kDocumentEvaluationDiffers, Severity::kInvalid, "document");
    reason.detail = what;
    reason.event = event;
  }

  void CheckCommitments(const envelope::Recipient& recipient, const envelope::Mark& mark,
                        SignatureFinding* finding) {
    for (const envelope::FieldCommitment& bound : finding->content->statement.fields) {
      std::string_view result = "withheld";
      for (const envelope::CommittedValue& entry : found_.committed) {
        if (entry.field != bound.id || entry.recipient != recipient.id || !entry.salt ||
            !entry.value)
          continue;
        result = envelope::CommitField(bound.id, *entry.salt, *entry.value) == bound.commitment
                     ? "matches"
                     : "differs";
      }
      finding->fields.push_back({bound.id, result});
      if (result != "differs") continue;
      Reason& reason = Add(ErrorCode::kCommitmentDiffers, Severity::kInvalid, "fields");
      reason.event = mark.mention.event.ToBase64Url();
      reason.recipient = recipient.id;
      reason.field = bound.id;
    }
  }

  void CheckMark(const envelope::Recipient& recipient, const envelope::Mark& mark,
                 const envelope::SignedContent& content) {
    if (!content.mark) {
      return TellUnread(mark.mention.detail, "mark", Bound::kYes, recipient.id);
    }
    const json::Value* kind = content.mark->Find("kind");
    const bool same_kind =
        kind != nullptr && kind->is_string() && kind->string_value() == content.statement.mark_kind;
    if (same_kind && envelope::HashMark(*content.mark) == content.statement.mark) return;
    Reason& reason = Add(ErrorCode::kMarkDiffers, Severity::kInvalid, "mark");
    reason.event = mark.mention.event.ToBase64Url();
    reason.recipient = recipient.id;
  }

  void CheckCompletion() {
    if (!state().completion || !found_.terms) return;
    if (state().completion->text == found_.terms->text) return;
    found_.rendered = Match::kDiffers;
    Reason& reason = Add(ErrorCode::kDocumentNotFromTemplate, Severity::kInvalid, "completion");
    reason.event = state().completion->mention.event.ToBase64Url();
  }

  // All ancestors of an event of the file, sorted.
  Vector<EventId> PastOf(const EventId& event) const {
    Vector<bool> met(by_id_.size(), false);
    Vector<EventId> open{event};
    while (!open.empty()) {
      const size_t next = IndexOf(open.back());
      open.pop_back();
      if (next == by_id_.size()) continue;
      for (const EventId& parent : bundle_.events[by_id_[next]].parents) {
        const size_t at = IndexOf(parent);
        if (at == by_id_.size() || met[at]) continue;
        met[at] = true;
        open.push_back(parent);
      }
    }
    Vector<EventId> past;
    for (size_t i = 0; i < met.size(); ++i) {
      if (met[i]) past.push_back(bundle_.events[by_id_[i]].id);
    }
    return past;
  }

  struct Unknown {
    ErrorCode code;
    size_t line = 0;
    String event;             // its id, "" where it could not be read
    std::string_view stored;  // in bundle_
  };

  const Bundle& bundle_;
  const Recompiler* recompiler_;
  Vector<Unknown> unknown_;
  Vector<std::pair<ErrorCode, const BundledEvent*>> beyond_;  // a bound refused them
  Vector<Hash> shredded_;                                     // by who may, sorted
  Vector<Hash> told_;                                         // withheld details that reasons name
  Vector<size_t> by_id_;  // places in bundle_.events, sorted by event id
  Findings found_;
};

}  // namespace

Reason& Findings::Add(ErrorCode code, Severity severity, std::string_view part, About about) {
  unfit = unfit || (about == About::kBytes && severity == Severity::kInvalid);
  unchecked = unchecked || severity == Severity::kIncomplete || severity == Severity::kNewer;
  if (severity < worst) worst = severity;
  // Beyond the bound what is worse takes the place of what is not: no number of notices hides a
  // fault.
  Reason* place = &untold;
  if (reasons.size() < kMaxReasons) {
    place = &reasons.emplace_back();
  } else {
    ++more_reasons;
    for (Reason& told : reasons) {
      if (told.severity > severity && (place == &untold || told.severity >= place->severity)) {
        place = &told;
      }
    }
  }
  Reason& reason = *place;
  reason = Reason();
  reason.code = code;
  reason.severity = severity;
  reason.part = part;
  return reason;
}

bool Findings::IsBefore(const EventId& earlier, const EventId& later) const {
  for (const auto& [event, past] : pasts) {
    if (event == later) return std::binary_search(past.begin(), past.end(), earlier);
  }
  return false;
}

const SignatureFinding* Findings::Find(std::string_view recipient) const {
  for (const SignatureFinding& finding : signatures) {
    if (finding.recipient == recipient) return &finding;
  }
  return nullptr;
}

Findings Check(const Bundle& bundle, const Recompiler* recompiler) {
  return Checker(bundle, recompiler).Run();
}

}  // namespace countersign::evidence
