// Templates over the boundary: what a signer's device needs. The rest is in authoring_calls.cc.
#include "template_calls.h"

#include "json/builder.h"

namespace countersign::boundary {

Handles<templates::Template>& Templates() {
  static Handles<templates::Template> open;
  return open;
}

Result<Drawn> Draw(int32_t handle, const uint8_t* plain, uint32_t size) {
  templates::Template* contract = Templates().Find(handle);
  if (!contract) return Closed();
  json::Value value = CS_TRY(InJson(plain, size));
  templates::Values values = CS_TRY(templates::ReadValues(*contract, value));
  templates::Assembly assembly = CS_TRY(templates::Assemble(*contract, values));
  return Drawn{std::move(assembly.document), templates::FillsOf(*contract, values)};
}
Answer ReplyHtml(const Result<Drawn>& drawn) {
  if (!drawn) return Fail(drawn.error());
  return Text(document::RenderHtml(drawn->document, drawn->fills));
}

// Canonical bytes of a compiled template in, JSON handle out. Errors: as Template::Load.
CS_EXPORT boundary::Answer cs_template_load(const uint8_t* data, uint32_t size) {
  auto loaded = templates::Template::Load(InText(data, size));
  if (!loaded) return Fail(loaded.error());
  return Number(Templates().Add(std::make_unique<templates::Template>(*std::move(loaded))));
}
CS_EXPORT void cs_template_close(int32_t handle) { Templates().Close(handle); }
// JSON {"title","locale","extra"}; extra: it needs the part of the module with that name.
CS_EXPORT boundary::Answer cs_template_title(int32_t handle) {
  templates::Template* contract = Templates().Find(handle);
  if (!contract) return Fail(Closed());
  return Json(json::Builder()
                  .Text("title", contract->title())
                  .Text("locale", contract->locale())
                  .Add("extra", json::Value::Bool(contract->asks_seldom_work()))
                  .Take());
}
// The document with these values (JSON) as ASCII HTML. Errors: values.*, template.*.
CS_EXPORT boundary::Answer cs_template_html(int32_t handle, const uint8_t* plain, uint32_t size) {
  return ReplyHtml(Draw(handle, plain, size));
}

}  // namespace countersign::boundary
