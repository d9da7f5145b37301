// The front matter of a file: the YAML between two lines `---` at its very beginning.
#ifndef COUNTERSIGN_COMPILE_FRONT_MATTER_H_
#define COUNTERSIGN_COMPILE_FRONT_MATTER_H_

#include "compile/diagnostic.h"

namespace countersign::compile {

struct FrontMatter {
  bool found = false;
  ByteRange whole;  // of the first line, for reports about what is missing
  ByteRange yaml;
  ByteRange body;  // what follows; the whole file where there is no front matter
};

// Reports T250 where there is none or it is not closed.
FrontMatter FindFrontMatter(DiagnosticSink* sink);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_FRONT_MATTER_H_
