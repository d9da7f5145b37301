#include "evidence/bundle.h"

#include <algorithm>
#include <optional>

#include "base/sort.h"
#include "crypto/crypto.h"
#include "envelope/fold.h"
#include "evidence/html_copy.h"
#include "log/event.h"

namespace countersign::evidence {
namespace {

constexpr size_t kNowhere = static_cast<size_t>(-1);

using Node = BundledEvent;

// An event's parents as FORMAT.md section 2 counts them: prev, seen, and what a completion names.
Vector<EventId> ParentsOf(const log::Event& event) {
  Vector<EventId> parents = event.Parents();
  const Vector<EventId> named = envelope::Fold::NamedParents(event);
  parents.insert(parents.end(), named.begin(), named.end());
  return parents;
}

size_t IndexOf(const Vector<Node>& nodes, const EventId& id) {
  const auto found =
      std::lower_bound(nodes.begin(), nodes.end(), id,
                       [](const Node& node, const EventId& key) { return node.id < key; });
  return found != nodes.end() && found->id == id ? static_cast<size_t>(found - nodes.begin())
                                                 : kNowhere;
}

// Places of `nodes` (sorted by id, no id twice) in causal order: of the events whose parents have
// all come (parents outside the file do not count), always the smallest id next. What a hash chain
// cannot hold, a cycle, would be left out at the end; it is appended by id all the same.
Vector<uint32_t> CausalOrder(const Vector<Node>& nodes) {
  const auto count = static_cast<uint32_t>(nodes.size());
  Vector<uint32_t> open(count, 0);
  Vector<Vector<uint32_t>> children(count);
  for (uint32_t i = 0; i < count; ++i) {
    Vector<EventId> parents = nodes[i].parents;
    SortUnique(&parents);
    for (const EventId& parent : parents) {
      const size_t at = IndexOf(nodes, parent);
      if (at == kNowhere || at == i) continue;
      children[at].push_back(i);
      ++open[i];
    }
  }
  Vector<uint32_t> ready;  // places, which are sorted as ids are; the next one last
  for (uint32_t i = count; i-- > 0;) {
    if (open[i] == 0) ready.push_back(i);
  }
  Vector<uint32_t> order;
  order.reserve(count);
  while (!ready.empty()) {
    const uint32_t next = ready.back();
    ready.pop_back();
    order.push_back(next);
    for (const uint32_t child : children[next]) {
      if (--open[child] > 0) continue;
      size_t at = ready.size();
      while (at > 0 && ready[at - 1] < child) --at;
      ready.insert(ready.begin() + static_cast<ptrdiff_t>(at), child);
    }
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (open[i] > 0) order.push_back(i);
  }
  return order;
}

bool ById(const Node& a, const Node& b) { return a.id < b.id; }

// Of nodes sorted by id.
void DropRepeated(Vector<Node>* nodes) {
  size_t kept = 0;
  for (size_t i = 0; i < nodes->size(); ++i) {
    if (kept > 0 && (*nodes)[kept - 1].id == (*nodes)[i].id) continue;
    if (kept != i) (*nodes)[kept] = std::move((*nodes)[i]);
    ++kept;
  }
  nodes->resize(kept);
}

void AppendEnd(size_t events, size_t blobs, String* file) {
  const Hash digest = crypto::Sha256(AsBytes(*file));
  file->append("end ").append(NumberText(events)).append(" ").append(NumberText(blobs));
  file->append(" ").append(digest.ToBase64Url()).append("\n");
}

// A line of the file being read, with its number.
struct Line {
  std::string_view text;
  size_t number;
};

class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  Result<Bundle> Read() {
    size_t at = kBundleStart.size();
    for (size_t number = 2; at < file_.size(); ++number) {
      const size_t end = file_.find('\n', at);
      if (ended_) {
        Report(ErrorCode::kBundleTrailing, number, {}, {});
        break;
      }
      if (end == std::string_view::npos) {  // cut in the middle of a line
        if (file_.substr(at).starts_with("end ")) {
          bundle_.ending = Ending::kWrong;
          bundle_.end_line = number;
        }
        break;
      }
      const Line line{file_.substr(at, end - at), number};
      if (line.text.starts_with("event ")) {
        CS_TRY(ReadEvent({line.text.substr(6), number}));
      } else if (line.text.starts_with("blob ")) {
        CS_TRY(ReadBlob({line.text.substr(5), number}));
      } else if (line.text.starts_with("end ")) {
        ReadEnd(line, at);
      } else {
        Report(ErrorCode::kBundleBadLine, number, {}, {});
      }
      at = end + 1;
    }
    CheckOrder();
    return std::move(bundle_);
  }

 private:
  void Report(ErrorCode code, size_t line, std::string_view detail, std::string_view what) {
    if (bundle_.faults.size() >= kMaxBundleFaults) {
      ++bundle_.more_faults;
      return;
    }
    bundle_.faults.push_back(Fault{Error(code, detail), line, String(what)});
  }

  Result<void> ReadEvent(const Line& line) {
    if (++events_ > kMaxBundleEvents) return ErrorCode::kBundleTooLarge;
    if (blobs_ > 0) Report(ErrorCode::kBundleOutOfOrder, line.number, {}, {});
    auto event = log::Event::Parse(line.text);
    if (!event && IsOfLaterVersion(event.error().code())) {
      CheckLater(line);
      bundle_.later.push_back({event.error().code(), line.number, String(line.text)});
      return {};
    }
    if (!event) {
      Report(ErrorCode::kBundleBadEvent, line.number, event.error().name(), {});
      return {};
    }
    if (!bundle_.later.empty()) Report(ErrorCode::kBundleOutOfOrder, line.number, {}, {});
    bundle_.events.push_back(Node{event->id, String(line.text), ParentsOf(*event)});
    lines_.push_back(line.number);
    return {};
  }

  // What cannot be read stands behind the rest, by its bytes.
  void CheckLater(const Line& line) {
    if (bundle_.later.empty()) return;
    const std::string_view last = bundle_.later.back().stored;
    if (line.text == last) Report(ErrorCode::kBundleDuplicate, line.number, {}, {});
    if (line.text < last) Report(ErrorCode::kBundleOutOfOrder, line.number, {}, {});
  }

  Result<void> ReadBlob(const Line& line) {
    if (++blobs_ > kMaxBundleBlobs) return ErrorCode::kBundleTooLarge;
    const size_t space = line.text.find(' ');
    if (space == std::string_view::npos) {
      Report(ErrorCode::kBundleBadLine, line.number, {}, {});
      return {};
    }
    const std::string_view name = line.text.substr(0, space);
    auto ref = Hash::FromBase64Url(name);
    auto bytes = DecodeBase64Url(line.text.substr(space + 1));
    if (!ref) {
      Report(ErrorCode::kBundleBadLine, line.number, ref.error().name(), {});
      return {};
    }
    if (!bytes) {
      Report(ErrorCode::kBundleWrongBlob, line.number, bytes.error().name(), name);
      return {};
    }
    if (last_blob_ && *ref == *last_blob_) {
      Report(ErrorCode::kBundleDuplicate, line.number, {}, name);
      return {};
    }
    if (last_blob_ && *ref < *last_blob_)
      Report(ErrorCode::kBundleOutOfOrder, line.number, {}, name);
    last_blob_ = *ref;
    if (crypto::Sha256(*bytes) != *ref) {
      Report(ErrorCode::kBundleWrongBlob, line.number, {}, name);
      return {};
    }
    bundle_.blobs.push_back(Blob{*ref, std::move(*bytes)});
    return {};
  }

  // The end line is compared with the one that this file should have: its counts and digest in the
  // one spelling they have.
  void ReadEnd(const Line& line, size_t at) {
    ended_ = true;
    String expected = "end " + NumberText(events_) + " " + NumberText(blobs_) + " " +
                      crypto::Sha256(AsBytes(file_.substr(0, at))).ToBase64Url();
    bundle_.ending = line.text == expected ? Ending::kWhole : Ending::kWrong;
    bundle_.end_line = line.number;
  }

  // The order to replay in; duplicates, and the first line that does not stand where the causal
  // order wants it. Where a parent is not in the file the full order cannot be known; then an event
  // only has to stand after its parents.
  void CheckOrder() {
    const Vector<Node>& nodes = bundle_.events;
    Vector<Node> sorted;  // without the stored texts
    for (const Node& node : nodes) sorted.push_back({node.id, {}, node.parents});
    Sort(&sorted, ById);
    DropRepeated(&sorted);
    bool whole = true;
    for (const Node& node : sorted) {
      for (const EventId& parent : node.parents)
        whole = whole && IndexOf(sorted, parent) != kNowhere;
    }
    const Vector<uint32_t> order = CausalOrder(sorted);
    Vector<Vector<uint32_t>> lines(sorted.size());
    for (uint32_t i = 0; i < nodes.size(); ++i) lines[IndexOf(sorted, nodes[i].id)].push_back(i);
    bundle_.order.reserve(nodes.size());
    for (const uint32_t place : order) {
      for (const uint32_t line : lines[place]) bundle_.order.push_back(line);
    }
    Vector<bool> met(sorted.size(), false);
    size_t next = 0;
    bool in_order = true;
    for (size_t i = 0; i < nodes.size(); ++i) {
      const size_t place = IndexOf(sorted, nodes[i].id);
      if (met[place]) {
        Report(ErrorCode::kBundleDuplicate, lines_[i], {}, nodes[i].id.ToBase64Url());
        continue;
      }
      met[place] = true;
      bool fits = order[next] == place;
      if (!whole) {
        fits = true;
        for (const EventId& parent : nodes[i].parents) {
          const size_t at = IndexOf(sorted, parent);
          fits = fits && (at == kNowhere || met[at]);
        }
      }
      if (in_order && !fits) {
        Report(ErrorCode::kBundleOutOfOrder, lines_[i], {}, nodes[i].id.ToBase64Url());
        in_order = false;
      }
      ++next;
    }
  }

  std::string_view file_;
  Bundle bundle_;
  Vector<size_t> lines_;
  std::optional<Hash> last_blob_;
  size_t events_ = 0;  // lines, also those that could not be read
  size_t blobs_ = 0;
  bool ended_ = false;
};

}  // namespace

bool IsOfLaterVersion(ErrorCode code) {
  return code == ErrorCode::kEventUnknownVersion || code == ErrorCode::kEventUnknownType ||
         code == ErrorCode::kEventReservedType || code == ErrorCode::kEventUnknownSuite;
}

Result<String> WriteBundle(std::span<const String> events, std::span<const Bytes> blobs) {
  Vector<Node> nodes;
  Vector<std::string_view> unread;
  for (const String& stored : events) {
    auto event = log::Event::Parse(stored);
    if (event) {
      nodes.push_back(Node{event->id, stored, ParentsOf(*event)});
    } else if (stored.find('\n') == String::npos) {  // else it could not be told from two lines
      unread.push_back(stored);
    }
  }
  // Of two encodings of one event the smaller one is the canonical one (log::IsPreferredEncoding).
  Sort(&nodes, [](const Node& a, const Node& b) {
    return a.id != b.id ? a.id < b.id : a.stored < b.stored;
  });
  DropRepeated(&nodes);
  SortUnique(&unread);

  struct Named {
    Hash ref;
    const Bytes* bytes;
  };
  Vector<Named> named;
  named.reserve(blobs.size());
  for (const Bytes& blob : blobs) named.push_back({crypto::Sha256(blob), &blob});
  Sort(&named, [](const Named& a, const Named& b) { return a.ref < b.ref; });
  if (nodes.size() + unread.size() > kMaxBundleEvents || named.size() > kMaxBundleBlobs) {
    return ErrorCode::kBundleTooLarge;
  }

  String file(kBundleStart);
  for (const uint32_t place : CausalOrder(nodes)) {
    file.append("event ").append(nodes[place].stored).append("\n");
  }
  for (const std::string_view stored : unread) file.append("event ").append(stored).append("\n");
  size_t written = 0;
  for (size_t i = 0; i < named.size(); ++i) {
    if (i > 0 && named[i].ref == named[i - 1].ref) continue;
    file.append("blob ").append(named[i].ref.ToBase64Url()).append(" ");
    file.append(EncodeBase64Url(*named[i].bytes)).append("\n");
    ++written;
  }
  AppendEnd(nodes.size() + unread.size(), written, &file);
  if (file.size() > kMaxBundleBytes) return ErrorCode::kBundleTooLarge;
  return file;
}

Result<Bundle> ReadBundle(ByteView file) {
  if (file.size() > kMaxBundleBytes * 2)
    return ErrorCode::kBundleTooLarge;  // a copy holds it in base64
  const std::string_view text = AsText(file);
  if (text.starts_with(kBundleStart)) {
    if (file.size() > kMaxBundleBytes) return ErrorCode::kBundleTooLarge;
    return Reader(text).Read();
  }
  const Bytes inner = CS_TRY(FindBundle(text));
  const std::string_view inner_text = AsText(inner);
  if (!inner_text.starts_with(kBundleStart)) return ErrorCode::kBundleBadHeader;
  if (inner.size() > kMaxBundleBytes) return ErrorCode::kBundleTooLarge;
  return Reader(inner_text).Read();
}

}  // namespace countersign::evidence
