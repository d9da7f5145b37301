// One recipient's ceremony over the boundary. The scene is put together from open handles for each
// call; the draft is the host's, handed in and out as JSON, because the host stores it.
#include <optional>

#include "boundary.h"
#include "ceremony/ceremony.h"
#include "document/render.h"
#include "envelope_calls.h"
#include "json/shape.h"
#include "template/assembly.h"
#include "template_calls.h"

namespace countersign::boundary {
namespace {

using json::Value;

// {"author":{"x","recipient"},"now":ms,"locale","timeZone","draft":Draft|null}: what a ceremony's
// call begins with.
struct Play {
  OpenEnvelope* open = nullptr;
  templates::Template* contract = nullptr;
  envelope::Author author;
  int64_t now = 0;
  String locale;
  String time_zone;
  ceremony::Draft draft;

  ceremony::Scene scene() const {
    return {.ledger = open->ledger,
            .contract = *contract,
            .author = author,
            .now = now,
            .interface_locale = locale,
            .time_zone = time_zone};
  }
};

Result<Play> Enter(int32_t envelope_handle, int32_t template_handle, const uint8_t* data,
                   uint32_t size) {
  Play play;
  play.open = Envelopes().Find(envelope_handle);
  play.contract = Templates().Find(template_handle);
  if (!play.open || !play.contract || !play.open->ledger.is_open()) return Closed();
  Value value = CS_TRY(json::Read(InText(data, size), ceremony::kDraftLimits));
  json::Shape shape(value, "/scene");
  json::Shape author(shape, shape.Object("author"), "author");
  play.author.key = author.Fixed64<PublicKey>("x");
  play.author.recipient = author.Text("recipient");
  play.now = shape.Int("now", 0, json::kMaxInt);
  play.locale = shape.Text("locale");
  play.time_zone = shape.Text("timeZone");
  const Value& draft = shape.Any("draft");
  CS_TRY(shape.Finish());
  CS_TRY(ceremony::CheckScene(play.scene()));
  if (!draft.is_null()) play.draft = CS_TRY(ceremony::ReadDraft(draft));
  return play;
}

Result<String> Render(const Play& play,
                      String (*render)(const document::Document&, const document::Fills&)) {
  ceremony::Scene scene = play.scene();
  templates::Values values = CS_TRY(ceremony::ValuesOf(scene, play.draft));
  templates::Assembly assembly = CS_TRY(templates::Assemble(*play.contract, values));
  document::Fills fills = CS_TRY(ceremony::FillsOf(scene, play.draft));
  return render(assembly.document, fills);
}

}  // namespace

// JSON CeremonyView (ceremony/ceremony.h).
CS_EXPORT Answer cs_ceremony_view(int32_t envelope, int32_t contract, const uint8_t* scene,
                                  uint32_t size) {
  auto play = Enter(envelope, contract, scene, size);
  if (!play) return Fail(play.error());
  return Reply(ceremony::View(play->scene(), play->draft));
}
// JSON Outcome {"draft","commands","again"}.
CS_EXPORT Answer cs_ceremony_perform(int32_t envelope, int32_t contract, const uint8_t* scene,
                                     uint32_t size, const uint8_t* act, uint32_t act_size) {
  auto play = Enter(envelope, contract, scene, size);
  if (!play) return Fail(play.error());
  auto what = InJson(act, act_size);
  if (!what) return Fail(what.error());
  auto outcome = ceremony::Perform(play->scene(), play->draft, *what);
  if (!outcome) return Fail(outcome.error());
  return Json(ceremony::ToJson(*outcome));
}
// The document with what this device knows in its blanks: ASCII HTML, or linear text.
CS_EXPORT Answer cs_ceremony_html(int32_t envelope, int32_t contract, const uint8_t* scene,
                                  uint32_t size) {
  auto play = Enter(envelope, contract, scene, size);
  if (!play) return Fail(play.error());
  return Reply(Render(*play, document::RenderHtml));
}
CS_EXPORT Answer cs_ceremony_text(int32_t envelope, int32_t contract, const uint8_t* scene,
                                  uint32_t size) {
  auto play = Enter(envelope, contract, scene, size);
  if (!play) return Fail(play.error());
  return Reply(Render(*play, document::LinearText));
}
// JSON Explanation of a unit, under the values as they stand on this screen.
CS_EXPORT Answer cs_ceremony_explain(int32_t envelope, int32_t contract, const uint8_t* scene,
                                     uint32_t size, const uint8_t* unit, uint32_t unit_size) {
  auto play = Enter(envelope, contract, scene, size);
  if (!play) return Fail(play.error());
  auto values = ceremony::ValuesOf(play->scene(), play->draft);
  if (!values) return Fail(values.error());
  return Reply(templates::Explain(*play->contract, *values, InText(unit, unit_size)));
}

}  // namespace countersign::boundary
