// Writes the bundles of tests/vectors/bundles anew: write_bundle_vectors DIR. One file for each
// verdict, the expected verdict and codes in manifest.json, so that another implementation can run
// them.
#include <cstdio>
#include <string>

#include "base/string.h"
#include "evidence/html_copy.h"
#include "support/bundle_lines.h"
#include "support/reports.h"
#include "support/signed_envelope.h"

namespace {

using countersign::AsText;
using countersign::Bytes;
using countersign::EraseIf;
using countersign::String;
using countersign::testing::BundleLines;
using countersign::testing::Report;
using countersign::testing::SignedEnvelope;
namespace json = countersign::json;

String folder;
json::Array manifest;

void Write(const String& name, const String& bytes) {
  std::FILE* file = std::fopen(std::string(folder + "/" + name).c_str(), "wb");
  CS_CHECK(file != nullptr);
  std::fwrite(bytes.data(), 1, bytes.size(), file);
  std::fclose(file);
}

void Add(const String& name, const String& bytes) {
  Write(name, bytes);
  const auto report = Report(bytes);
  json::Array codes;
  for (const json::Value& reason : countersign::evidence::ListOf(report.json, "reasons")) {
    json::Value code = *reason.Find("code");
    bool listed = false;
    for (const json::Value& other : codes) listed = listed || other == code;
    if (!listed) codes.push_back(std::move(code));
  }
  manifest.push_back(json::Value::Make(
      {{"file", json::Value::String(name)},
       {"verdict", json::Value::String(countersign::evidence::VerdictName(report.verdict))},
       {"exitCode", json::Value::Int(countersign::evidence::ExitCode(report.verdict))},
       {"codes", json::Value::List(std::move(codes))}}));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  folder = argv[1];
  {
    SignedEnvelope envelope;
    envelope.Complete();
    Add("complete.bundle", envelope.Bundle());
    const String bundle = envelope.Bundle();
    Add("complete-copy.html", *countersign::evidence::WriteHtmlCopy(countersign::AsBytes(bundle)));
    Add("cut-short.bundle", BundleLines(bundle).Join(BundleLines::End::kNone));
    BundleLines changed(bundle);
    String& event = changed.lines[3];
    event[event.size() - 20] = event[event.size() - 20] == 'A' ? 'B' : 'A';
    Add("changed-signature.bundle", changed.Join());
    BundleLines dropped(bundle);
    dropped.lines.erase(dropped.lines.begin() + 6);
    Add("dropped-event.bundle", dropped.Join());
  }
  {
    SignedEnvelope envelope;
    envelope.SignByAll();
    Add("not-sealed.bundle", envelope.Bundle());
  }
  {
    SignedEnvelope envelope({.create = R"({"tiePolicy":"ownerSettles"})"});
    envelope.Send();
    const auto before = envelope.Replica();
    envelope.Sign(envelope.customer, envelope.customer_link);
    envelope.DoOn(before, envelope.owner, R"({"do":"void","reason":"Sent by mistake"})");
    Add("contested.bundle", envelope.Bundle());
  }
  {
    SignedEnvelope envelope;
    envelope.Send();
    envelope.Join(envelope.customer, envelope.customer_link);
    envelope.Do(envelope.customer, R"({"do":"decline","reason":"Too expensive"})");
    Add("declined.bundle", envelope.Bundle());
  }
  {
    SignedEnvelope envelope;
    envelope.Send();
    envelope.AddRaw(envelope.owner, "receipt.issued", "{}");
    Add("newer.bundle", envelope.Bundle());
  }
  Write("manifest.json", json::Write(json::Value::List(std::move(manifest))) + "\n");
  return 0;
}
