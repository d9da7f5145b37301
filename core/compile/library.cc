#include "compile/library.h"

#include <algorithm>
#include <tuple>

#include "base/bytes.h"
#include "compile/front_matter.h"
#include "compile/markdown.h"
#include "compile/yaml.h"
#include "crypto/crypto.h"

namespace countersign::compile {

String ClauseText(std::string_view source) {
  String text;
  for (size_t i = 0; i < source.size();) {
    size_t end = std::min(source.find('\n', i), source.size());
    std::string_view line = source.substr(i, end - i);
    auto trim = [&line] {
      while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) {
        line.remove_suffix(1);
      }
    };
    trim();
    if (line.ends_with('}') && !line.ends_with("}}")) {
      size_t open = line.rfind(" {");
      bool attributes = open != std::string_view::npos && BeginsAttributes(line.substr(open + 2));
      if (attributes) line = line.substr(0, open);
      trim();
    }
    if (!text.empty() || !line.empty()) text.append(line).append("\n");
    i = end + 1;
  }
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

Vector<Diagnostic> Library::Add(std::string_view file, std::string_view source) {
  SourceFile text{String(file), String(source)};
  DiagnosticSink sink(text);
  if (!IsUtf8(source)) {
    sink.Report(DiagnosticCode::kNotUtf8, {0, 1});
    return Refuse("", &sink);
  }
  FrontMatter front = FindFrontMatter(&sink);
  if (!front.found) return Refuse("", &sink);
  std::optional<YamlNode> yaml = ReadYaml(front.yaml, &sink);
  if (!yaml) return Refuse("", &sink);
  Clause clause;
  for (size_t i = 0; i + 1 < yaml->items.size(); i += 2) {
    const YamlNode& key = yaml->items[i];
    const YamlNode& value = yaml->items[i + 1];
    if (value.kind != YamlKind::kScalar) {
      sink.Report(DiagnosticCode::kValueInvalid, value.range);
    } else if (key.text == "clause") {
      clause.id = value.text;
    } else if (key.text == "variant") {
      clause.variant = value.text;
    } else if (key.text == "status") {
      if (value.text == "approved") {
        clause.approval = Approval::kApproved;
      } else if (value.text == "retired") {
        clause.approval = Approval::kRetired;
      } else if (value.text != "draft") {
        sink.Report(DiagnosticCode::kValueInvalid, value.range).hint = "approved, draft or retired";
      }
    } else if (key.text == "approvedBy") {
      clause.approved_by = value.text;
    } else if (key.text == "why") {
      clause.why = value.text;
    } else if (key.text != "locale" && key.text != "title") {
      sink.Report(DiagnosticCode::kKeyUnknown, key.range,
                  "The key '" + key.text + "' is not known in a clause");
    }
  }
  if (clause.id.empty()) {
    sink.Report(DiagnosticCode::kKeyMissing, front.whole,
                "The key 'clause' is missing: which clause is this?");
  }
  if (clauses_.size() >= kMaxClauses) sink.Report(DiagnosticCode::kTooManyUnits, front.whole);
  clause.text = ClauseText(source.substr(front.body.begin));
  clause.file = file;
  clause.source = source;
  clause.body = front.body.begin;
  auto it = std::lower_bound(clauses_.begin(), clauses_.end(), clause,
                             [](const Clause& a, const Clause& b) {
                               return std::tie(a.id, a.variant) < std::tie(b.id, b.variant);
                             });
  if (it != clauses_.end() && it->id == clause.id && it->variant == clause.variant) {
    sink.Report(DiagnosticCode::kIdTwice, front.whole,
                "The clause '" + clause.id + "' is in the library twice" +
                    (clause.variant.empty() ? "" : " as '" + clause.variant + "'"));
  }
  if (sink.HasErrors()) return Refuse(clause.id, &sink);
  clauses_.insert(it, std::move(clause));
  return sink.Take();
}

Vector<Diagnostic> Library::Refuse(std::string_view id, DiagnosticSink* sink) {
  if (refused_.size() < kMaxClauses) refused_.emplace_back(id);
  return sink->Take();
}

bool Library::Refused(std::string_view id) const {
  if (id.empty()) return !refused_.empty();
  return std::find(refused_.begin(), refused_.end(), id) != refused_.end();
}

std::span<const Clause> Library::Variants(std::string_view id) const {
  auto begin = std::lower_bound(clauses_.begin(), clauses_.end(), id,
                                [](const Clause& a, std::string_view name) { return a.id < name; });
  auto end = begin;
  while (end != clauses_.end() && end->id == id) ++end;
  return {begin, end};
}

const Clause* Library::Find(std::string_view id) const {
  std::span<const Clause> variants = Variants(id);
  return variants.empty() ? nullptr : &variants[0];
}

String PinOf(std::span<const Clause> variants) {
  String all;
  for (const Clause& clause : variants) {
    if (clause.approval != Approval::kApproved) continue;
    String hex = EncodeHex(crypto::Sha256(AsBytes(clause.source)).bytes);
    if (clause.variant.empty()) return "sha256:" + hex;
    all += hex + "\n";
  }
  if (all.empty()) return all;
  return "sha256:" + EncodeHex(crypto::Sha256(AsBytes(all)).bytes);
}

}  // namespace countersign::compile
