// The signing ceremony of one recipient, as a pure state machine: open, consent, review, fill,
// adopt a mark, check, sign, take a copy. Elements draw what `View` returns and send back acts;
// they decide nothing.
//
//   Scene (envelope state + compiled template + who I am)  +  Draft (what only this device knows)
//      View(scene, draft)            -> CeremonyView, JSON
//      Perform(scene, draft, act)    -> new Draft, and the envelope commands the host dispatches,
//      in order
//
// The room promises: what the view allows, the envelope's own rules allow (the same are asked);
// nothing typed is lost, invalid input least of all (a Draft keeps raw text); the same scene and
// draft give the same view on every platform. No clock: the time is handed in.
//
// clang-format off: the shapes below stand in columns
// CeremonyView ("?" = may be absent; "code" = an error code of error_codes.def; ids are opaque)
// {
//  "format": "countersign-ceremony/1",
//  "recipient": {"id","role","recipientType","order":1,"name"?},
//  "envelope": {"id","status":<status word>,"title"?,"sender"?:{"name","organisation"?,"contact"?},
//               "revision":<43>,"number":1,"tiePolicy":"ownerWins|signatureWins|ownerSettles",
//               "deadlineAt"?,"locale":<of the contract>},
//  "estimate": {"fields":3,"minutes":4},          // for the open step: fields to fill; reading at 200 words a minute
//  "step": "review",                              // the current one
//  "steps": [{"id":"open|consent|review|fill|adopt|check|sign|copy",
//             "state":"done|current|todo|blocked",
//             "code"?}],                          // why it is blocked; a step that does not apply is not listed
//  "previousStep"?, "nextStep"?,                  // what {"do":"previous"} and {"do":"next"} lead to
//  "nextBlocked"?: code,                          // why {"do":"next"} is refused now
//  "access": {"code":"0421","typed":"04",         // show `code` inside the rendered document, never beside the box
//             "state":"todo|wrong|typed|demonstrated"},
//  "consent": {"id","version","locale","text":<ref>,"summary":…|null,
//              "slots":{paperOption,scope,withdrawal,contactUpdate,copy,requirements}|null,
//              "ticked":false,"given":false},
//  "review": {"units":3,"of":9,"presented":false}, // units reached, of all; whether this text was presented
//  "document": {"text":<text ref, "" while a unit is pending>,"pending":[<unit id>],
//               "changed":[{"unit","what":"added|removed|changed","title"?}]}, // since the last {"do":"seen"}
//  "fields": [FieldView…],                        // own fields that are shown, in the order of the document
//  "field"?: "seats", "fieldIndex"?: 2,           // the field in focus and its place (0-based) in `fields`
//  "nextField"?, "previousField"?,                // neighbours; nextField skips to what is still open first
//  "progress": {"done":2,"of":7},                 // required things: fields and places for a mark ("3 of 7" = done+1 of)
//  "mark"?: {"kind":"typed","text"} | {"kind":"drawn","text"?,"strokes":[…]},
//  "blockers": [{"code","field"?,"unit"?,"step","recipient"?}], // everything between here and a signature, in order
//  "waitingFor": [{"id","role","name"?}],         // whose signature must come first (routing)
//  "allowed": {"consent":bool,"present":bool,"commitFields":bool,"sign":bool,"decline":bool,"recordCopy":bool},
//  "summary": {                                   // the check step, in plain data
//     "documents":[{"title","text":<ref>,"size"}],
//     "terms":[{"id","label","value"}],           // the sender's values and computed ones that the text uses
//     "values":[{"id","label","display","missing":bool}], // the signer's own
//     "asWhom":{"name"?,"role"},
//     "effect":"signature",                       // UI text by this word
//     "warnings":["ownerMayWithdraw"|"signatureWins"|"ownerSettles"|"deadline"]},
//  "own": {"state":"none|signed|counted|contested|declined|superseded",
//          "event"?,"at"?:<ms, the device's claim>,"code"?}
// }
// FieldView {
//  "id","kind":"input|check|select|sign|initial|signdate|file","type":<value type>,
//  "label","help"?,"placeholder"?,"required":bool,"readOnly":bool,"sensitive":bool,
//  "unit"?:<where it stands>,"context"?:<its sentence>,
//  "input":{"control":"text|textarea|checkbox|select|date|mark|file|none","type":"text|email|tel|date"?,
//           "inputMode"?,"autocomplete"?,"autocapitalize"?,"maxLength"?,"min"?,"max"?,"accept"?},
//  "options"?:[{"value","label"}],
//  "text":<raw, as typed; of a file as it was handed in here>,
//  "value"?:<plain value, absent while empty or wrong>,
//  "display":<as the contract prints it>,
//  "state":"empty|wrong|filled|placed","code"?:<field.…>,
//  "message"?:<the template's own words for the error>,
//  "committed":bool
// }
//
// Act (one object)                                                    what it dispatches
//   {"do":"start"} {"do":"next"} {"do":"previous"} {"do":"goTo","step"} {"do":"goToField","field"}
//   {"do":"typeCode","text"} {"do":"tickConsent","ticked":bool}
//   {"do":"giveConsent"}                                              access.demonstrated, consent.given
//   {"do":"reach","units":n,"of":n} {"do":"seen"}
//   {"do":"present"}                                                  document.presented
//   {"do":"setValue","field","text"}     (checkbox: "true"/"false"; select: the option's value;
//                                          file: the plain value, JSON, that its blob was made with)
//   {"do":"adoptMark","mark":{"kind":"typed","text"}|{"kind":"drawn","text"?,"strokes":[[[x,y,t],…],…]}}
//   {"do":"clearMark"} {"do":"placeMark","field"} {"do":"placeAll"} {"do":"takeBack","field"}
//   {"do":"commitFields"}                                             fields.committed
//   {"do":"sign","gesture":"tap|hold|key","label":<of the control>}   see `again`
//   {"do":"decline","reason"?}                                        recipient.declined
//   {"do":"recordCopy","form":"html|bundle|print","sha256"?}          copy.delivered
//
// Outcome {"draft":Draft,"commands":[envelope command…],"again":bool}. The host stores the draft, then dispatches the
// commands in order. `again`: more is needed for the same act (sign: first the text is presented and the values
// committed, then the statement can name them): perform it once more with the new state. A refused act is
// {"code","message","path"} and changes nothing.
// clang-format on
#ifndef COUNTERSIGN_CEREMONY_CEREMONY_H_
#define COUNTERSIGN_CEREMONY_CEREMONY_H_

#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"
#include "ceremony/draft.h"
#include "document/render.h"
#include "envelope/command.h"
#include "envelope/ledger.h"
#include "json/value.h"
#include "template/template.h"

namespace countersign::ceremony {

// What the flow looks at. Keeps references: all of it outlives the call.
struct Scene {
  const envelope::Ledger& ledger;            // REQUIRES: is_open(), with a revision
  const templates::Template& contract;       // REQUIRES: the revision's compiled template
  const envelope::Author& author;            // this device's key and its recipient
  int64_t now = 0;                           // ms since 1970, by this device: deadlines
  std::string_view interface_locale = "en";  // BCP 47; recorded with what was shown
  std::string_view time_zone = "+00:00";     // of the device now; recorded with the signature
};

// Whether the scene can be played at all. Errors: envelope.no_revision, recipient.unknown,
// template.differs (the template is not the one the revision names).
Result<void> CheckScene(const Scene& scene);

// CeremonyView. REQUIRES: CheckScene(scene). Errors: as templates::Assemble.
Result<json::Value> View(const Scene& scene, const Draft& draft);

struct Outcome {
  Draft draft;
  Vector<json::Value> commands;  // envelope::Prepare takes them, in this order
  enum class Again : uint8_t { kNo, kYes } again = Again::kNo;
};
json::Value ToJson(const Outcome& outcome);
// REQUIRES: CheckScene(scene). Errors, and nothing changed: schema.*, ceremony.*, field.not_yours,
// template.unknown_field, the envelope's own codes where its rules refuse, and those of
// templates::Assemble.
Result<Outcome> Perform(const Scene& scene, const Draft& draft, const json::Value& act);

// The values in force on this screen: the sender's, what recipients committed, and over them what
// this draft holds and can be read. For whoever renders (templates::Assembler).
Result<templates::Values> ValuesOf(const Scene& scene, const Draft& draft);
// What stands in the blanks: values as the contract prints them, this signer's placed marks, and
// the marks and dates of signatures that count.
Result<document::Fills> FillsOf(const Scene& scene, const Draft& draft);

}  // namespace countersign::ceremony

#endif  // COUNTERSIGN_CEREMONY_CEREMONY_H_
