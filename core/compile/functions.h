// What authors are told about functions: accepted types in words, names that were nearly right.
#ifndef COUNTERSIGN_COMPILE_FUNCTIONS_H_
#define COUNTERSIGN_COMPILE_FUNCTIONS_H_

#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/diagnostic.h"
#include "expression/tree.h"

namespace countersign::compile {

// "int + int, decimal + decimal, ... or date + period": at most six, those that share a type with
// `like` first.
String DescribeOverloads(expression::Function function, const values::Type& like);
// Every overload with its result: "round(decimal, int, string): decimal". Under Reach::kContract
// without those of the wide set.
Vector<String> FunctionForms(expression::Function function,
                             expression::Reach reach = expression::Reach::kWhole);
// The function whose name is nearest.
Nearest NearestFunction(std::string_view name);
// Whether some overload takes so many arguments: what only runs takes them as given.
bool TakesCount(expression::Function function, size_t count);
// One line of documentation (the table's own), for completion and the language reference.
std::string_view FunctionDoc(expression::Function function);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_FUNCTIONS_H_
