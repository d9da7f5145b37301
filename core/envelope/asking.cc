#include "envelope/asking.h"

#include "crypto/crypto.h"

namespace countersign::envelope {
namespace {

using json::Value;

// True where the object says nothing but what to do, and for whom.
bool OnlyAsks(const Value& command) {
  for (const json::Member& member : command.members()) {
    if (member.name != "do" && member.name != "recipient") return false;
  }
  return true;
}

}  // namespace

bool IsForRecipientDevice(EventType type) {
  switch (type) {
    case EventType::kRecipientJoined:
    case EventType::kDocumentPresented:
    case EventType::kAccessDemonstrated:
    case EventType::kConsentGiven:
    case EventType::kFieldsCommitted:
    case EventType::kRecipientSigned:
    case EventType::kRecipientDeclined:
    case EventType::kCopyDelivered:
    case EventType::kCommentAdded:
    case EventType::kChangeProposed:
    case EventType::kConsentWithdrawn:
    case EventType::kDelegationRequested:
    case EventType::kCopyExported:
    case EventType::kDeviceAdded:
    case EventType::kApprovalGranted:
    case EventType::kApprovalRefused:
    case EventType::kRecipientApproved:
      return true;
    default:
      return false;
  }
}

Asking::Asking(const Ledger& ledger, const Author& author, const Value& command, int64_t at)
    : ledger_(ledger),
      author_(author),
      command_(command),
      at_(at),
      kid_(crypto::Thumbprint(author.key)) {}

Result<void> Asking::AskAtAll() {
  CS_TRY(FindVerb(command_, &verb_));
  body_.type = verb_.type;
  if (body_.type == EventType::kEnvelopeCreated) {
    if (ledger_.is_open()) return ErrorCode::kEnvelopeAlreadyOpen;
    return {};
  }
  if (!ledger_.is_open()) return ErrorCode::kEnvelopeNotOpen;
  parents_ = ChooseParents(ledger_.fold(), kid_);
  const Value* recipient = command_.Find("recipient");
  if (IsForRecipientDevice(body_.type)) {
    body_.recipient = author_.recipient;
  } else if (recipient != nullptr && recipient->is_string()) {
    body_.recipient = recipient->string_value();
  } else if (!author_.recipient.empty()) {
    body_.recipient = author_.recipient;  // a recipient's device means its own
  } else if (verb_.body.starts_with("!recipient ") && !facts().recipients.empty()) {
    return AskForAnybody();
  }
  return Ask(Question::Scope::kAct, nullptr, nullptr);
}

// Where nobody is named: whether there is somebody for whom it is possible.
Result<void> Asking::AskForAnybody() {
  Result<void> answer;
  for (const RecipientFacts& recipient : facts().recipients) {
    body_.recipient = recipient.id;
    answer = Ask(Question::Scope::kAct, nullptr, nullptr);
    if (answer) break;
  }
  return answer;
}

Result<void> Asking::Ask(Question::Scope scope, const Vector<RoutingEntry>* routing,
                         const Vector<FieldEntry>* fields) const {
  Question question{kid_, at_, body_, scope, nullptr, nullptr, nullptr};
  question.routing = routing;
  question.fields = fields;
  if (const auto code = ledger_.fold().Ask(parents_.All(), question)) return *code;
  return {};
}

std::optional<ErrorCode> Can(const Ledger& ledger, const Author& author, const json::Value& command,
                             int64_t at, AddPart add) {
  if (!command.is_object()) return ErrorCode::kSchemaWrongType;
  if (OnlyAsks(command)) {
    const Result<void> asked = Asking(ledger, author, command, at).AskAtAll();
    return asked ? std::nullopt : std::optional<ErrorCode>(asked.error().code());
  }
  Context context;
  context.at = at;
  const Result<Draft> prepared = Prepare(ledger, author, command, context, add);
  return prepared ? std::nullopt : std::optional<ErrorCode>(prepared.error().code());
}

}  // namespace countersign::envelope
