// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs that a callable keeps from the first call with arguments of some types and shapes.
#pragma once

#include <cstring>
#include <memory>

#include <calx/array/buffer.hpp>
#include <calx/base/vec.hpp>
#include <calx/tree/option.hpp>

namespace calx::inline CALX_ABI::detail {

/// Copies arrays that program g refers to and does not keep alive, such as views: what is kept
/// computes with the values that were captured, whatever becomes of their memory.
template <class = void>
graph& own_literals(graph& g) {
  for (int n = 0; n < g.size(); ++n) {
    if (!is<literal_t>(g, n)) continue;
    literal& array = g.literals[static_cast<std::size_t>(g.param(n, 0))];
    const aval type = g.type(n);
    const std::size_t bytes = static_cast<std::size_t>(type.shape.size()) * size_of(type.type);
    if (array.is_kept() || bytes == 0) continue;
    const buffer copy(bytes);
    std::memcpy(copy.data(), array.data(), bytes);
    array = literal(copy.data(), copy);
  }
  return g;
}

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
/// Where the programs of a callable go that the compiler may trace as well: made when the first one
/// is kept, so that objects without any are constants and cost nothing. Copies that are made later
/// share them.
class program_slot {
 public:
  constexpr program_slot() = default;
  constexpr program_slot(const program_slot& other) {
    if (!std::is_constant_evaluated()) share(other);
  }
  constexpr program_slot& operator=(program_slot other) {
    if (!std::is_constant_evaluated()) std::swap(programs_, other.programs_);
    return *this;
  }
  constexpr ~program_slot() {
    if (!std::is_constant_evaluated()) drop();
  }
  kept_programs* operator->() const {
    pointer* now = __atomic_load_n(&programs_, __ATOMIC_ACQUIRE);
    if (!now) {
      auto* fresh = new pointer(std::make_shared<kept_programs>());
      if (__atomic_compare_exchange_n(&programs_, &now, fresh, false, __ATOMIC_ACQ_REL,
                                      __ATOMIC_ACQUIRE))
        now = fresh;
      else delete fresh;  // another thread was faster
    }
    return now->get();
  }

 private:
  using pointer = std::shared_ptr<kept_programs>;
  void share(const program_slot& other) {
    if (const pointer* p = __atomic_load_n(&other.programs_, __ATOMIC_ACQUIRE))
      programs_ = new pointer(*p);
  }
  void drop() { delete programs_; }

  mutable pointer* programs_ = nullptr;
};
/// f, with programs only if run time traces it. calx sees into f.
template <class F>
struct may_keep_programs {
  using is_wrapper = void;
  F f;
  program_slot programs = {};
  template <class... A>
  constexpr auto operator()(const A&... a) const { return call(f, a...); }
  template <class... A>
    requires(requires(const F& g, const A&... a) { g.result_spec(a...); })
  constexpr auto result_spec(const A&... a) const { return f.result_spec(a...); }
};
}  // namespace calx::inline CALX_ABI::detail

namespace calx::inline CALX_ABI {
template <class F>
struct pytree<detail::may_keep_programs<F>> {
  using is_pytree = void;
  template <class... M>
  using rebound = detail::may_keep_programs<M...>;
  template <class T>
  static constexpr auto fields(T& t) { return std::tie(t.f); }
};
}  // namespace calx::inline CALX_ABI

namespace calx::inline CALX_ABI::detail {
/// True for a transform of a callable that keeps its programs.
template <class G>
concept keeping = requires(const G& g) { g.f.programs->find(nullptr, vec<aval>()); };

/// Its address tells calls of different types apart.
template <class...>
inline constexpr char call_of = 0;

}  // namespace calx::inline CALX_ABI::detail
