// Long because every instruction and every law of unknowns and errors stands in one machine.
#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "base/sort.h"
#include "expression/apply.h"
#include "expression/code.h"
#include "expression/program.h"

namespace countersign::expression {

using values::Kind;
using values::MapEntry;
using values::Value;

namespace {

// What an operand is when it is no value.
struct Fault {
  using MovesAsItLies = void;  // base/vector.h
  std::optional<Error> error;  // absent: unknown
  uint32_t node = 0;
  Vector<uint32_t> unknown;  // sorted
};

// A pointer into bindings, literals, a range or `temporaries_`; or nullptr and the number of a
// fault.
struct Operand {
  const Value* value;
  uint32_t fault;
};

// One macro at work.
struct Frame {
  using MovesAsItLies = void;  // base/vector.h
  Fold fold = Fold::kAll;
  int variables = 1;
  uint32_t first_local = 0;
  uint32_t size = 0;
  uint32_t at = 0;
  const Value* items = nullptr;
  const MapEntry* entries = nullptr;  // nullptr: the range is a list
  Value index;                        // the first of two variables over a list
  uint32_t count = 0;                 // existsOne: how many so far
  bool faulty = false;                // all, exists: some answer was a fault
  Operand fault{};                    // ... what became of them together
  Vector<Value> list;
  Vector<MapEntry> map;
};

const Value kFalse = Value::Bool(false);
const Value kTrue = Value::Bool(true);

// What only programs with macros or with many operands need.
struct Large {
  Vector<Value> temporaries;
  Vector<Operand> stack;
  Vector<Operand> locals;
  Vector<Value> lets;
  Vector<Frame> frames;
};

// Room for the values that a program computes, on the stack while it is small: most programs need a
// handful, and most of those compute only bools, which need none.
class Temporaries {
 public:
  static constexpr uint32_t kSmall = 12;
  explicit Temporaries(Value* heap) : heap_(heap) {}
  ~Temporaries() {
    for (uint32_t i = 0; made_ != 0; ++i, made_ >>= 1) {
      if ((made_ & 1) != 0) small_[i].value.~Value();
    }
  }
  Temporaries(const Temporaries&) = delete;
  Temporaries& operator=(const Temporaries&) = delete;

  const Value* Put(uint32_t place, Value value) {
    if (heap_ != nullptr) {
      heap_[place] = std::move(value);
      return &heap_[place];
    }
    if ((made_ >> place & 1) != 0) {
      small_[place].value = std::move(value);
    } else {
      new (&small_[place].value) Value(std::move(value));
      made_ |= 1u << place;
    }
    return &small_[place].value;
  }
  bool Owns(const Value* value, uint32_t place) const {
    return value == (heap_ == nullptr ? &small_[place].value : &heap_[place]);
  }

 private:
  union Place {
    Place() {}
    ~Place() {}
    Value value;
  };
  Value* heap_;        // instead of small_, where that is not enough
  uint32_t made_ = 0;  // bit i: small_[i] holds a value
  Place small_[kSmall];
};

enum class Answer : uint8_t { kFalse, kTrue, kFault };

bool Compares(Function function, std::partial_ordering order) {
  switch (function) {
    case Function::kEqual:
      return order == 0;
    case Function::kNotEqual:
      return order != 0;
    case Function::kLess:
      return order < 0;
    case Function::kLessEqual:
      return order <= 0;
    case Function::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

}  // namespace

class Machine {
 public:
  // `large`: nullptr, or room for all of the program.
  Machine(const Program& program, const Bindings& bindings, int64_t fuel, ApplyFunction apply,
          Large* large)
      : program_(program),
        bindings_(bindings),
        apply_(apply),
        temporaries_(large == nullptr ? nullptr : large->temporaries.data()),
        stack_(large == nullptr ? small_stack_ : large->stack.data()),
        fuel_(fuel) {
    if (large == nullptr) return;
    locals_ = large->locals.data();
    lets_ = large->lets.data();
    frames_ = large->frames.data();
  }

  // Makes the machine that the program needs, and runs it.
  static Outcome Start(const Program& program, const Bindings& bindings, Fuel& fuel,
                       ApplyFunction apply) {
    const int64_t budget = std::clamp<int64_t>(fuel.left, 0, kExpressionFuel);
    const auto run = [&](Large* large) {
      Machine machine(program, bindings, budget, apply, large);
      Outcome outcome = machine.Run();
      fuel.left -= budget - machine.fuel();
      return outcome;
    };
    if (program.stack_ < Temporaries::kSmall && program.locals_ == 0) return run(nullptr);
    Large large;
    large.temporaries.resize(program.stack_ + 1);
    large.stack.resize(program.stack_ + 1);
    large.locals.resize(program.locals_);
    large.lets.resize(program.locals_);
    large.frames.resize(program.folds_);
    return run(&large);
  }

  int64_t fuel() const { return fuel_; }

  Outcome Run() {
    const Instruction* const code = program_.code_.data();
    const Instruction* at = code;
    for (;;) {
      const Instruction& now = *at++;
      if (--fuel_ < 0) return OutOfFuel(now);
      switch (static_cast<Code>(now.code)) {
        case Code::kReturn:
          return Finish();
        case Code::kLiteral:
          stack_[top_++] = {&program_.literals_[now.a], 0};
          break;
        case Code::kSlot:
          PushSlot(now);
          break;
        case Code::kLocal:
          stack_[top_++] = locals_[now.a];
          break;
        case Code::kMember:
          Member(now);
          break;
        case Code::kHas:
          Has(now);
          break;
        case Code::kTest: {
          const Value* value = bindings_.Find(program_.slots_[now.a]);
          if (value == nullptr) {
            PushSlot(now);
            break;
          }
          const Value& literal = program_.literals_[now.count];
          if (!QuickCompare(static_cast<Function>(now.other), *value, literal, top_)) {
            const Value* const arguments[] = {value, &literal};
            Compute(top_, static_cast<Function>(now.other), arguments, now);
          }
          ++top_;
          break;
        }
        case Code::kCompare: {
          const Operand a = stack_[top_ - 2], b = stack_[top_ - 1];
          if (a.value != nullptr && b.value != nullptr &&
              QuickCompare(static_cast<Function>(now.other), *a.value, *b.value, top_ - 2)) {
            --top_;
          } else {
            Call(now);
          }
          break;
        }
        case Code::kCall:
          Call(now);
          break;
        case Code::kJump:
          at = code + now.a;
          break;
        case Code::kIfFalse:
          if (IsBool(top_ - 1, false)) at = code + now.a;
          break;
        case Code::kIfTrue:
          if (IsBool(top_ - 1, true)) at = code + now.a;
          break;
        case Code::kAnd:
          Logic(now, Answer::kFalse);
          break;
        case Code::kOr:
          Logic(now, Answer::kTrue);
          break;
        case Code::kBranch:
          switch (Condition(top_ - 1, "?:", now)) {
            case Answer::kTrue:
              --top_;
              break;
            case Answer::kFalse:
              --top_;
              at = code + now.a;
              break;
            case Answer::kFault:
              at = code + now.other;
              break;
          }
          break;
        case Code::kList:
          List(now);
          break;
        case Code::kMap:
          Map(now);
          break;
        case Code::kFoldBegin:
          if (!BeginFold(now)) at = code + now.a;
          break;
        case Code::kFoldTest: {
          Frame& frame = frames_[now.count];
          const Answer answer = Condition(top_ - 1, "filter", now);
          --top_;
          if (answer == Answer::kTrue) break;
          if (answer == Answer::kFault) {
            stack_[top_ - 1] = stack_[top_];
            at = code + now.other;
          } else if (NextElement(&frame)) {
            at = code + now.a;
          } else {
            FinishFold(&frame, now);
            at = code + now.other;
          }
          break;
        }
        case Code::kFoldStep:
          if (StepFold(now)) at = code + now.a;
          break;
        case Code::kLetBegin: {
          const Operand init = stack_[--top_];
          locals_[now.a] = init;
          if (init.value != nullptr) {
            lets_[now.a] = *init.value;
            locals_[now.a].value = &lets_[now.a];
          }
          break;
        }
        case Code::kLetEnd:
          Own(top_ - 1);
          break;
      }
      if (starved_) return OutOfFuel(now);
    }
  }

 private:
  Outcome OutOfFuel(const Instruction& now) {
    fuel_ = 0;
    Outcome outcome;
    outcome.state = State::kError;
    outcome.error = Error(ErrorCode::kExpressionFuel);
    outcome.node = now.node;
    return outcome;
  }

  Outcome Finish() {
    const Operand result = stack_[0];
    Outcome outcome;
    if (result.value != nullptr) {
      outcome.value = *result.value;
      return outcome;
    }
    Fault& fault = faults_[result.fault];
    outcome.state = fault.error ? State::kError : State::kUnknown;
    outcome.error = std::move(fault.error);
    outcome.node = fault.node;
    outcome.unknown = std::move(fault.unknown);
    return outcome;
  }

  void PutValue(uint32_t place, Value value) {
    stack_[place] = {temporaries_.Put(place, std::move(value)), 0};
  }
  void PutBool(uint32_t place, bool value) { stack_[place] = {value ? &kTrue : &kFalse, 0}; }

  void PutError(uint32_t place, Error error, const Instruction& now) {
    if (error.code() == ErrorCode::kExpressionFuel) starved_ = true;
    stack_[place] = {nullptr, static_cast<uint32_t>(faults_.size())};
    faults_.push_back({std::move(error), now.node, {}});
    // A loop that absorbs errors must not collect them for free.
    if (!Charge(&fuel_, sizeof(Fault))) starved_ = true;
  }

  void PutList(uint32_t place, Vector<Value> items, const Instruction& now) {
    Value list;
    const Status status = MakeList(std::move(items), &list);
    PutValue(place, std::move(list));
    if (status != kDone) PutError(place, MakeError(status, Function::kDyn, {}), now);
  }
  void PutMap(uint32_t place, Vector<MapEntry> entries, const Instruction& now) {
    Value map;
    const Status status = MakeMap(std::move(entries), &map);
    PutValue(place, std::move(map));
    if (status != kDone) PutError(place, MakeError(status, Function::kDyn, {}), now);
  }
  void Compute(uint32_t place, Function function, std::span<const Value* const> arguments,
               const Instruction& now) {
    Value value;
    const Status status = apply_(function, arguments, &fuel_, &value);
    if (status == kDone) {
      PutValue(place, std::move(value));
    } else {
      PutError(place, MakeError(status, function, arguments), now);
    }
  }

  // Keeps a value that was found elsewhere.
  void Own(uint32_t place) {
    const Value* value = stack_[place].value;
    if (value == nullptr || temporaries_.Owns(value, place)) return;
    PutValue(place, Value(*value));
  }

  void PushSlot(const Instruction& now) {
    const uint32_t slot = program_.slots_[now.a];
    const Value* value = bindings_.Find(slot);
    stack_[top_] = {value, static_cast<uint32_t>(faults_.size())};
    if (value == nullptr) {
      faults_.push_back({std::nullopt, now.node, {slot}});
      if (!Charge(&fuel_, sizeof(Fault))) starved_ = true;
    }
    ++top_;
  }

  // The faults of a strict operation's operands as one: all unknowns together, or the first error.
  // False where there is no fault.
  bool MergeFaults(uint32_t place, uint32_t count) {
    uint32_t unknowns = 0;
    Operand first{}, first_unknown{};
    bool any = false;
    for (uint32_t i = place; i < place + count; ++i) {
      if (stack_[i].value != nullptr) continue;
      if (!any) first = stack_[i];
      any = true;
      if (!faults_[stack_[i].fault].error && unknowns++ == 0) first_unknown = stack_[i];
    }
    if (!any) return false;
    if (unknowns > 1) {
      Fault merged;
      for (uint32_t i = place; i < place + count; ++i) {
        if (stack_[i].value != nullptr || faults_[stack_[i].fault].error) continue;
        const Vector<uint32_t>& more = faults_[stack_[i].fault].unknown;
        merged.unknown.insert(merged.unknown.end(), more.begin(), more.end());
      }
      SortUnique(&merged.unknown);
      if (!Charge(&fuel_, sizeof(Fault) + merged.unknown.size() * 4)) starved_ = true;
      first_unknown = {nullptr, static_cast<uint32_t>(faults_.size())};
      faults_.push_back(std::move(merged));
    }
    stack_[place] = unknowns != 0 ? first_unknown : first;
    return true;
  }

  // The comparisons that contracts are made of, without the general machinery. False: not one of
  // them.
  bool QuickCompare(Function function, const Value& a, const Value& b, uint32_t place) {
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
      case Kind::kInt:
        PutBool(place, Compares(function, a.int_value() <=> b.int_value()));
        return true;
      case Kind::kBool:
        PutBool(place, Compares(function, a.bool_value() <=> b.bool_value()));
        return true;
      case Kind::kDate:
        PutBool(place, Compares(function, a.date_value() <=> b.date_value()));
        return true;
      case Kind::kDecimal:
        PutBool(place, Compares(function, Compare(a.decimal_value(), b.decimal_value())));
        return true;
      case Kind::kString: {
        const std::string_view x = a.string_value(), y = b.string_value();
        if (x.size() > 64 || y.size() > 64) return false;  // charged by its length
        if (function == Function::kEqual || function == Function::kNotEqual) {
          PutBool(place, (x == y) == (function == Function::kEqual));
        } else {
          PutBool(place, Compares(function, x <=> y));
        }
        return true;
      }
      default:
        return false;
    }
  }

  void Call(const Instruction& now) {
    const uint32_t count = now.count;
    top_ -= count - 1;
    const uint32_t place = top_ - 1;
    if (MergeFaults(place, count)) return;
    std::array<const Value*, 3> arguments;
    for (uint32_t i = 0; i < count; ++i) arguments[i] = stack_[place + i].value;
    const auto function = static_cast<Function>(now.other);
    if (function == Function::kIndex) {  // the element itself, not a copy
      Status status = kDone;
      const Value* found = FindIndex(*arguments[0], *arguments[1], &status);
      if (!Charge(&fuel_, arguments[1]->DeepSize() / 8)) starved_ = true;
      stack_[place] = {found, 0};
      if (found == nullptr) {
        PutError(place, MakeError(status, function, std::span(arguments).first(count)), now);
      }
      return;
    }
    Compute(place, function, std::span(arguments).first(count), now);
  }

  void Member(const Instruction& now) {
    const uint32_t place = top_ - 1;
    const Value* record = stack_[place].value;
    if (record == nullptr) return;
    const Value* const arguments[] = {record, &program_.literals_[now.a]};
    Status status = kDone;
    const Value* found = FindMember(*record, arguments[1]->string_value(), &status);
    stack_[place] = {found, 0};
    if (found == nullptr) PutError(place, MakeError(status, Function::kIndex, arguments), now);
  }

  void Has(const Instruction& now) {
    const uint32_t place = top_ - 1;
    const Value* record = stack_[place].value;
    if (record == nullptr) return;
    const Value* const arguments[] = {record, &program_.literals_[now.a]};
    Status status = kDone;
    const Value* found = FindMember(*record, arguments[1]->string_value(), &status);
    if (found == nullptr && status == kNoOverload) {
      PutError(place, MakeError(status, Function::kIndex, arguments), now);
    } else {
      PutBool(place, found != nullptr);
    }
  }

  bool IsBool(uint32_t place, bool wanted) const {
    const Value* value = stack_[place].value;
    return value != nullptr && value->Is(Kind::kBool) && value->bool_value() == wanted;
  }

  // What a condition says; something that is no bool becomes a fault in its place.
  Answer Condition(uint32_t place, std::string_view what, const Instruction& now) {
    const Value* value = stack_[place].value;
    if (value == nullptr) return Answer::kFault;
    if (value->Is(Kind::kBool)) return value->bool_value() ? Answer::kTrue : Answer::kFalse;
    String detail(what);
    detail.append("(").append(KindName(value->kind())).append(")");
    PutError(place, Error(ErrorCode::kExpressionNoOverload, detail), now);
    return Answer::kFault;
  }

  // && and ||: `decides` on either side is the answer, whatever the other side is.
  void Logic(const Instruction& now, Answer decides) {
    --top_;
    const uint32_t place = top_ - 1;
    const std::string_view what = decides == Answer::kFalse ? "&&" : "||";
    const Answer right = Condition(top_, what, now);
    if (right == decides) {
      PutBool(place, decides == Answer::kTrue);
      return;
    }
    const Answer left = Condition(place, what, now);
    if (left == decides) {
      PutBool(place, decides == Answer::kTrue);
    } else if (!MergeFaults(place, 2)) {
      PutBool(place, decides == Answer::kFalse);
    }
  }

  void List(const Instruction& now) {
    top_ -= now.a;
    const uint32_t place = top_++;
    if (!Charge(&fuel_, now.a * sizeof(Value))) starved_ = true;
    if (now.a != 0 && MergeFaults(place, now.a)) return;
    Vector<Value> items;
    items.reserve(now.a);
    for (uint32_t i = 0; i < now.a; ++i) items.push_back(*stack_[place + i].value);
    PutList(place, std::move(items), now);
  }

  void Map(const Instruction& now) {
    top_ -= now.a;
    const uint32_t place = top_++;
    if (!Charge(&fuel_, now.a * sizeof(Value))) starved_ = true;
    if (now.a != 0 && MergeFaults(place, now.a)) return;
    Vector<MapEntry> entries;
    entries.reserve(now.a / 2);
    for (uint32_t i = 0; i + 1 < now.a; i += 2) {
      entries.push_back({*stack_[place + i].value, *stack_[place + i + 1].value});
    }
    PutMap(place, std::move(entries), now);
  }

  // Points the variables at the current element.
  void BindElement(Frame* frame) {
    Operand* locals = &locals_[frame->first_local];
    if (frame->entries != nullptr) {
      const MapEntry& entry = frame->entries[frame->at];
      locals[0] = {&entry.key, 0};
      if (frame->variables == 2) locals[1] = {&entry.value, 0};
    } else if (frame->variables == 2) {
      frame->index = Value::Int(frame->at);
      locals[0] = {&frame->index, 0};
      locals[1] = {&frame->items[frame->at], 0};
    } else {
      locals[0] = {&frame->items[frame->at], 0};
    }
  }

  bool NextElement(Frame* frame) {
    if (++frame->at >= frame->size) return false;
    BindElement(frame);
    return true;
  }

  // False where there is nothing to go through: the result, or a fault, is in the place of the
  // range.
  bool BeginFold(const Instruction& now) {
    const uint32_t place = top_ - 1;
    const Value* range = stack_[place].value;
    if (range == nullptr) return false;
    Frame& frame = frames_[now.count];
    frame.fold = static_cast<Fold>(now.other & 15);
    frame.variables = now.other >> 4 & 15;
    frame.first_local = now.other >> 8;
    frame.at = 0;
    frame.count = 0;
    frame.faulty = false;
    frame.list.clear();
    frame.map.clear();
    frame.items = nullptr;
    frame.entries = nullptr;
    if (range->Is(Kind::kList)) {
      frame.items = range->items().data();
      frame.size = static_cast<uint32_t>(range->items().size());
    } else if (range->Is(Kind::kMap)) {
      frame.entries = range->entries().data();
      frame.size = static_cast<uint32_t>(range->entries().size());
    } else {
      String detail(FoldName(frame.fold));
      detail.append("(").append(KindName(range->kind())).append(")");
      PutError(place, Error(ErrorCode::kExpressionNoOverload, detail), now);
      return false;
    }
    if (frame.size == 0) {
      FinishFold(&frame, now);
      return false;
    }
    BindElement(&frame);
    return true;
  }

  // Takes the body's answer for one element. True: go on with the next. False: the result is there.
  bool StepFold(const Instruction& now) {
    Frame& frame = frames_[now.count];
    const uint32_t body = --top_;
    const uint32_t range = body - 1;
    if (frame.fold == Fold::kMap || frame.fold == Fold::kTransformMap) {
      const Value* value = stack_[body].value;
      if (value == nullptr) {
        stack_[range] = stack_[body];
        return false;
      }
      if (!Charge(&fuel_, sizeof(MapEntry))) starved_ = true;
      if (frame.fold == Fold::kMap) {
        frame.list.push_back(*value);
      } else {
        frame.map.push_back({*locals_[frame.first_local].value, *value});
      }
    } else {
      const Answer answer = Condition(body, FoldName(frame.fold), now);
      if (answer == Answer::kFault) {
        if (frame.fold == Fold::kFilter || frame.fold == Fold::kExistsOne) {
          stack_[range] = stack_[body];
          return false;
        }
        // Kept, in case no later element decides: together with what was kept before, below the
        // body.
        if (!frame.faulty) {
          frame.fault = stack_[body];
        } else {
          const Operand saved = stack_[range];
          stack_[range] = frame.fault;
          MergeFaults(range, 2);
          frame.fault = stack_[range];
          stack_[range] = saved;
        }
        frame.faulty = true;
      } else if (frame.fold == Fold::kAll || frame.fold == Fold::kExists) {
        if (answer == (frame.fold == Fold::kAll ? Answer::kFalse : Answer::kTrue)) {
          PutBool(range, frame.fold == Fold::kExists);
          return false;
        }
      } else if (answer == Answer::kTrue) {
        if (frame.fold == Fold::kFilter) {
          if (!Charge(&fuel_, sizeof(Value))) starved_ = true;
          frame.list.push_back(*locals_[frame.first_local].value);
        } else {
          ++frame.count;
        }
      }
    }
    if (NextElement(&frame)) return true;
    FinishFold(&frame, now);
    return false;
  }

  void FinishFold(Frame* frame, const Instruction& now) {
    const uint32_t place = top_ - 1;
    switch (frame->fold) {
      case Fold::kAll:
      case Fold::kExists:
        if (frame->faulty) {
          stack_[place] = frame->fault;
        } else {
          PutBool(place, frame->fold == Fold::kAll);
        }
        break;
      case Fold::kExistsOne:
        PutBool(place, frame->count == 1);
        break;
      case Fold::kMap:
      case Fold::kFilter:
        PutList(place, std::move(frame->list), now);
        break;
      case Fold::kTransformMap:
        PutMap(place, std::move(frame->map), now);
        break;
    }
  }

  const Program& program_;
  const Bindings& bindings_;
  const ApplyFunction apply_;
  Temporaries temporaries_;  // number i is what stack_[i] points to when it was computed
  Operand* stack_;
  Operand small_stack_[Temporaries::kSmall];
  uint32_t top_ = 0;
  int64_t fuel_;
  bool starved_ = false;
  Vector<Fault> faults_;
  Operand* locals_ = nullptr;
  Value* lets_ = nullptr;
  Frame* frames_ = nullptr;
};

Outcome RunWith(const Program& program, const Bindings& bindings, Fuel& fuel, ApplyFunction apply) {
  return Machine::Start(program, bindings, fuel, apply);
}

Outcome Run(const Program& program, const Bindings& bindings, Fuel& fuel) {
  return RunWith(program, bindings, fuel, Apply);
}

}  // namespace countersign::expression
