// Shared<T>: a value that never changes any more, held by several owners.
//
// What std::shared_ptr<const T> is, in one word, without weak owners, and without counting across
// threads: its copies stay in one thread, as everything in the core does. (std::shared_ptr brings
// its run-time type information along, two kilobytes that a signer's phone would download.)
#ifndef COUNTERSIGN_BASE_SHARED_H_
#define COUNTERSIGN_BASE_SHARED_H_

#include <cstdint>
#include <utility>

namespace countersign {

template <class T>
class [[clang::trivial_abi]] Shared {
 public:
  // A value of T, made of `arguments`.
  template <class... Arguments>
  static Shared Make(Arguments&&... arguments) {
    return Shared(new Box{1, T(std::forward<Arguments>(arguments)...)});
  }
  Shared(const Shared& other) : box_(other.box_) { ++box_->owners; }
  Shared(Shared&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  Shared& operator=(Shared other) noexcept {
    std::swap(box_, other.box_);
    return *this;
  }
  ~Shared() {
    if (box_ != nullptr && --box_->owners == 0) delete box_;
  }

  // REQUIRES, here and below: it was not moved from.
  const T& operator*() const { return box_->value; }
  const T* operator->() const { return &box_->value; }
  const T* get() const { return &box_->value; }
  // To fill it before it is shared. REQUIRES: nobody else holds it.
  T& value() { return box_->value; }

 private:
  struct Box {
    uint32_t owners;
    T value;
  };
  explicit Shared(Box* box) : box_(box) {}

  Box* box_;
};

}  // namespace countersign

#endif  // COUNTERSIGN_BASE_SHARED_H_
