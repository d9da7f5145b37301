// Templates over the boundary: what a signer's device needs. The rest is in authoring_calls.cc.
#include "template_calls.h"

#include "document/render.h"
#include "json/builder.h"

namespace countersign::boundary {

Handles<templates::Template>& Templates() {
  static Handles<templates::Template> open;
  return open;
}

namespace {

Result<String> Render(int32_t handle, const uint8_t* plain, uint32_t size,
                      String (*render)(const document::Document&, const document::Fills&)) {
  templates::Template* contract = Templates().Find(handle);
  if (!contract) return Closed();
  json::Value value = CS_TRY(InJson(plain, size));
  templates::Values values = CS_TRY(templates::ReadValues(*contract, value));
  templates::Assembly assembly = CS_TRY(templates::Assemble(*contract, values));
  return render(assembly.document, templates::FillsOf(*contract, values));
}

}  // namespace

// Canonical bytes of a compiled template in, JSON handle out. Errors: as Template::Load.
CS_EXPORT boundary::Answer cs_template_load(const uint8_t* data, uint32_t size) {
  auto loaded = templates::Template::Load(InText(data, size));
  if (!loaded) return Fail(loaded.error());
  return Number(Templates().Add(std::make_unique<templates::Template>(*std::move(loaded))));
}
CS_EXPORT void cs_template_close(int32_t handle) { Templates().Close(handle); }
// JSON {"title","locale"}.
CS_EXPORT boundary::Answer cs_template_title(int32_t handle) {
  templates::Template* contract = Templates().Find(handle);
  if (!contract) return Fail(Closed());
  return Json(
      json::Builder().Text("title", contract->title()).Text("locale", contract->locale()).Take());
}
// The document with these values: ASCII HTML, or linear text. JSON values in. Errors: values.*,
// template.*.
CS_EXPORT boundary::Answer cs_template_html(int32_t handle, const uint8_t* plain, uint32_t size) {
  return Reply(Render(handle, plain, size, document::RenderHtml));
}
CS_EXPORT boundary::Answer cs_template_text(int32_t handle, const uint8_t* plain, uint32_t size) {
  return Reply(Render(handle, plain, size, document::LinearText));
}

}  // namespace countersign::boundary
