// The files of a LegalDown document.
#include "legaldown/legaldown.h"

#include <algorithm>

#include "legaldown/document.h"

namespace countersign::legaldown {
namespace {

std::string_view FolderOf(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

}  // namespace

bool IsLegalDown(std::string_view path) {
  return path.ends_with(".lgd") || path.ends_with(".legaldown") || path.ends_with(".legal.md");
}

String JoinPath(std::string_view from, std::string_view path) {
  String whole(FolderOf(from));
  whole += path;
  Vector<std::string_view> steps;
  for (size_t at = 0; at <= whole.size();) {
    size_t end = std::min(whole.find('/', at), whole.size());
    std::string_view step = std::string_view(whole).substr(at, end - at);
    at = end + 1;
    if (step.empty() || step == ".") continue;
    bool back = step == ".." && !steps.empty() && steps.back() != "..";
    if (back) {
      steps.pop_back();
    } else {
      steps.push_back(step);
    }
  }
  String joined;
  for (std::string_view step : steps) joined += (joined.empty() ? "" : "/") + String(step);
  return joined;
}

LegalDownFiles::LegalDownFiles(std::string_view name, std::string_view text)
    : folder_(FolderOf(name)) {
  files_.push_back({.path = {}, .name = String(name), .there = true, .text = String(text)});
}

Vector<String> LegalDownFiles::Wanted() const {
  Vector<String> wanted;
  String original;
  for (size_t i = 0; i < files_.size(); ++i) {
    const File& file = files_[i];
    if (!file.there || (i > 0 && !IsLegalDown(file.path)) || file.text.size() > kMaxLegalDownBytes)
      continue;
    SourceFile source("", file.text);
    DiagnosticSink quiet(source);
    Scan scan = ReadScan({0, static_cast<uint32_t>(file.text.size())}, &quiet);
    Metadata metadata = ReadMetadata(scan, nullptr);
    if (i == 0) original = JoinPath("", metadata.amends_file);
    if (i > 0) {
      // Of the original what it is made of, for its definitions; of all others what they include.
      Vector<Attachment> attachments;
      if (file.path == original) attachments = std::move(metadata.attachments);
      metadata = {};
      metadata.attachments = std::move(attachments);
    }
    for (String& path : PathsIn(scan, metadata, file.path)) {
      bool known =
          Find(path) != nullptr || std::find(wanted.begin(), wanted.end(), path) != wanted.end();
      if (!known && files_.size() + wanted.size() <= kMaxLegalDownFiles)
        wanted.push_back(std::move(path));
    }
  }
  return wanted;
}

void LegalDownFiles::Put(std::string_view path, std::optional<String> text) {
  File file{.path = String(path), .name = {}, .there = text.has_value(), .text = {}};
  file.name = JoinPath("", folder_ + file.path);
  if (folder_.starts_with('/')) file.name.insert(0, "/");
  if (text && IsLegalDown(path)) file.text = *std::move(text);
  files_.push_back(std::move(file));
}

const LegalDownFiles::File* LegalDownFiles::Find(std::string_view path) const {
  for (const File& file : files_) {
    if (file.path == path && !path.empty()) return &file;
  }
  return nullptr;
}

}  // namespace countersign::legaldown
