// How things stand in a scene with a draft: values, text, fields and what is still open. Inner to
// the room; `View` tells it, `Perform` acts on it.
#ifndef COUNTERSIGN_CEREMONY_STANDING_H_
#define COUNTERSIGN_CEREMONY_STANDING_H_

#include <optional>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "ceremony/ceremony.h"
#include "envelope/contents.h"
#include "json/builder.h"
#include "template/assembly.h"
#include "template/terms.h"

namespace countersign::ceremony {

// One of this recipient's fields, as it stands.
struct OwnField {
  using MovesAsItLies = void;  // base/vector.h
  const templates::Field* field = nullptr;
  bool shown = false;
  bool required = false;
  String text;                         // raw, as typed; else the committed or default value's
  std::optional<values::Value> value;  // read from it
  std::optional<Error> error;          // why it could not be read, or breaks a rule of the template
  String message;                      // the template's words for it
  bool committed = false;              // the log says the same as this screen
  String unit, context;                // where its blank stands, and the sentence around it
  bool by_signing = false;             // sign, initial, signdate

  // Nothing more to do here.
  bool IsDone(const Draft& draft) const;
};

struct Blocker {
  ErrorCode code;
  Step step = Step::kSign;
  String field, unit, recipient;
};

struct Standing {
  Standing(const envelope::Recipient& recipient, const envelope::Revision& current)
      : me(recipient), revision(current) {}

  const envelope::Recipient& me;
  const envelope::Revision& revision;
  templates::Values values;  // in force: sender, committed, own draft
  templates::Assembly assembly;
  std::optional<templates::Terms> terms;  // the text; absent while it is not settled
  Vector<OwnField>
      fields;  // own and shown: those without a place in the text first, then in its order
  json::Object to_commit;  // what the log does not say yet: {field: plain value or null}
  Vector<Blocker> blockers;
  bool signs = false;       // a signer, named by the routing
  bool signed_now = false;  // an own signature for this revision is in the log

  bool Applies(Step step) const;
  // Why one cannot go on from this step; none where one can.
  std::optional<ErrorCode> Gate(Step step, const Draft& draft) const;
  std::optional<Step> After(Step step) const;  // the next one that applies
  std::optional<Step> Before(Step step) const;
  const OwnField* Find(std::string_view field) const;  // shown ones only
  // The next field that is still open after this one, going round; else the neighbour; "" for none.
  String NextField(std::string_view from, const Draft& draft) const;
};

// The draft, brought to the current revision: what was typed stays, what was agreed to does not.
Draft Adapt(const Scene& scene, const Draft& draft);
// REQUIRES: CheckScene(scene), an adapted draft. Errors: document.missing, those of
// templates::Assemble.
Result<Standing> Stand(const Scene& scene, const Draft& draft);

// What stands between the edges of one block, on one line.
String WordsOf(const document::Inlines& inlines);
// {"do":name} as the envelope's commands begin.
json::Value Command(std::string_view name, json::Builder members = {});

}  // namespace countersign::ceremony

#endif  // COUNTERSIGN_CEREMONY_STANDING_H_
