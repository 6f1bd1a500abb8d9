// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs that a callable keeps from the first call with arguments of some types and shapes.
#pragma once

#include <memory>

#include <calx/base/vec.hpp>
#include <calx/tree/option.hpp>

namespace calx::inline CALX_ABI::detail {

/// The programs of one callable, by the types of a call and by the shapes of its leaves. Any number
/// of threads may use it at once.
class kept_programs {
 public:
  /// The program for leaves of these types; null if there is none yet.
  std::shared_ptr<const void> find(const void* call, const vec<aval>& leaves) const {
    const locked here(*this);
    for (const entry& e : entries_)
      if (e.call == call && e.leaves == leaves) return e.program;
    return nullptr;
  }
  void add(const void* call, vec<aval> leaves, std::shared_ptr<const void> program) {
    const locked here(*this);
    entries_.push_back({call, std::move(leaves), std::move(program)});
  }

 private:
  struct entry {
    const void* call = nullptr;
    vec<aval> leaves;
    std::shared_ptr<const void> program;
  };
  // Held for some comparisons only, and <mutex> is a large header.
  class locked {
   public:
    explicit locked(const kept_programs& p) : flag_(p.flag_) {
      while (__atomic_test_and_set(&flag_, __ATOMIC_ACQUIRE)) {
      }
    }
    ~locked() { __atomic_clear(&flag_, __ATOMIC_RELEASE); }
    locked(const locked&) = delete;
    locked& operator=(const locked&) = delete;

   private:
    bool& flag_;
  };
  mutable bool flag_ = false;
  vec<entry> entries_;
};

/// f with the programs that were made of it, which copies share.
template <class F>
struct keeps_programs {
  using is_wrapper = void;
  F f;
  std::shared_ptr<kept_programs> programs = std::make_shared<kept_programs>();
  template <class... A>
  constexpr auto operator()(const A&... a) const { return call(f, a...); }
  template <class... A>
    requires(requires(const F& g, const A&... a) { g.result_spec(a...); })
  constexpr auto result_spec(const A&... a) const { return f.result_spec(a...); }
};
/// True for a transform of a callable that keeps its programs.
template <class G>
concept keeping = requires(const G& g) { g.f.programs->find(nullptr, vec<aval>()); };

/// Its address tells calls of different types apart.
template <class...>
inline constexpr char call_of = 0;

}  // namespace calx::inline CALX_ABI::detail
