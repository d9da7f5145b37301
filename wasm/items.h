// Items of an envelope in one buffer: how a ledger's events and blobs cross the boundary, and from
// one module to another.
#ifndef COUNTERSIGN_WASM_ITEMS_H_
#define COUNTERSIGN_WASM_ITEMS_H_

#include "base/bytes.h"
#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"
#include "envelope/command.h"

namespace countersign::boundary {

// uint32 length of a head (little endian), the head, then the items' bytes one after the other.
// Head: [{"kind":"e"|"b","id":<store id>,"name","size"}].
String PackItems(const Vector<envelope::Item>& items);
// What PackItems wrote; ids are not compared (whoever reads the items checks them). Errors: json.*,
// schema.*, input.bad_argument where the sizes are not those of the bytes.
Result<Vector<envelope::Item>> UnpackItems(ByteView packed);

}  // namespace countersign::boundary

#endif  // COUNTERSIGN_WASM_ITEMS_H_
