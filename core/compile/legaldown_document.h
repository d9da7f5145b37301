// A LegalDown document as a whole: its files, read and judged. What the checks found out is what
// the translation into a template goes by. Internal to the room.
#ifndef COUNTERSIGN_COMPILE_LEGALDOWN_DOCUMENT_H_
#define COUNTERSIGN_COMPILE_LEGALDOWN_DOCUMENT_H_

#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/string.h"
#include "base/vector.h"
#include "compile/legaldown.h"
#include "compile/legaldown_scan.h"

namespace countersign::compile::legaldown {

struct Party {
  String name, label, legal_name, type;
  Vector<String> representatives;  // "Jane Doe, General Counsel"
  size_t side = 0;
};
struct Side {
  String name, label;
};
struct Attachment {
  String id, title, file;
  ByteRange at, file_at;
  bool rendered = false;  // LegalDown, and there
  bool used = false;
};
enum class DocumentType : uint8_t { kContract, kUnilateralAct, kCollectiveAct };

struct Metadata {
  String title, language, authoritative;
  DocumentType type = DocumentType::kContract;
  Vector<Side> sides;
  Vector<Party> parties;
  Vector<Attachment> attachments;
  Vector<String> field_types;
  bool has_field_types = false, has_sides = false, has_amends = false, newer = false;
  String amends_file, supersedes_file;
  ByteRange amends_file_at, supersedes_file_at;
  struct Translation {
    String language, file;
    ByteRange at;
  };
  Vector<Translation> translations;
  ByteRange translations_at;
};

// The front matter of a file. With `sink` nullptr nothing is reported.
Metadata ReadMetadata(const Scan& scan, DiagnosticSink* sink);

// Whether a path may be opened: relative, and without a scheme.
bool IsRelativePath(std::string_view path);

// Every file that a scanned file names: includes, images, and what its front matter does.
Vector<String> PathsIn(const Scan& scan, const Metadata& metadata, std::string_view file);

struct Definition {
  String id, term;
  ByteRange at;
  bool generated = false;
};

// Where an anchor stands, and what {{ref}} to it can name.
struct Target {
  Place place = Place::kHeading;
  String section;  // of a paragraph: the identifier of the heading above it
};

struct Document {
  Metadata metadata;
  Vector<Scan> scans;  // by file, as in LegalDownFiles
  std::unordered_map<String, Target> anchors;
  // Identifiers of headings that have none written, by where the heading begins.
  std::unordered_map<uint32_t, String> generated;
  std::unordered_map<String, Definition> definitions;
  std::unordered_map<String, String> imported;             // of the amended document: id, term
  std::unordered_map<uint32_t, Definition> definition_at;  // by where its directive begins
  bool fragment = false;
};

// `file`: the texts of all files that are there, one part each (SourceFile::Append), in the order
// of `files`; `parts[i]` is the part of files.files()[i].
Document CheckDocument(const LegalDownFiles& files, const Vector<size_t>& parts,
                       DiagnosticSink* sink);

}  // namespace countersign::compile::legaldown

#endif  // COUNTERSIGN_COMPILE_LEGALDOWN_DOCUMENT_H_
