// One recipient's ceremony over the boundary, as it is shown; acts are in act_calls.cc. The draft
// is the host's, handed in and out as JSON, because the host stores it.
#include "ceremony_calls.h"

#include "json/shape.h"
#include "template/assembly.h"

namespace countersign::boundary {

using json::Value;

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

Result<Drawn> Draw(const Play& play) {
  ceremony::Scene scene = play.scene();
  templates::Values values = CS_TRY(ceremony::ValuesOf(scene, play.draft));
  templates::Assembly assembly = CS_TRY(templates::Assemble(*play.contract, values));
  document::Fills fills = CS_TRY(ceremony::FillsOf(scene, play.draft));
  return Drawn{std::move(assembly.document), std::move(fills)};
}

// JSON CeremonyView (ceremony/ceremony.h).
CS_EXPORT Answer cs_ceremony_view(int32_t envelope, int32_t contract, const uint8_t* scene,
                                  uint32_t size) {
  auto play = Enter(envelope, contract, scene, size);
  if (!play) return Fail(play.error());
  return Reply(ceremony::View(play->scene(), play->draft));
}
// The document with what this device knows in its blanks, as ASCII HTML.
CS_EXPORT Answer cs_ceremony_html(int32_t envelope, int32_t contract, const uint8_t* scene,
                                  uint32_t size) {
  auto play = Enter(envelope, contract, scene, size);
  if (!play) return Fail(play.error());
  return ReplyHtml(Draw(*play));
}

}  // namespace countersign::boundary
