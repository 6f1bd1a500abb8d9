// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The array whose element type and rank only run time knows: what a run-time trace returns.
#pragma once

#include <cstring>
#include <iterator>

#include <calx/array/containers.hpp>
#include <calx/array/format.hpp>
#include <calx/array/indexing.hpp>
#include <calx/array/methods.hpp>
#include <calx/base/convert.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// Copies a box of elements of `size` bytes to contiguous memory.
template <class = void>
void gather_bytes(std::size_t size, const void* from, const strided& s, void* to) {
  auto copy = [&]<std::size_t N>(std::integral_constant<std::size_t, N>) {
    auto* out = static_cast<std::byte*>(to);
    for_each_offset(s, [&](dim at) {
      std::memcpy(out, static_cast<const std::byte*>(from) + at * static_cast<dim>(N), N);
      out += N;
    });
  };
  if (size == 8) copy(std::integral_constant<std::size_t, 8>());
  else if (size == 4) copy(std::integral_constant<std::size_t, 4>());
  else copy(std::integral_constant<std::size_t, 1>());
}
template <class = void>
[[noreturn]] void refuse(error_kind kind, const aval& have, const text& why) {
  raise(kind, text() << "dynamic_array: " << have.type << " of shape " << have.shape << " "
                     << why.view());
}
}  // namespace detail

namespace value {

/// Goes through the elements of a dynamic array as doubles.
template <class Array>
class element_iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = double;
  using difference_type = dim;
  using reference = double;
  using pointer = void;

  element_iterator() = default;
  element_iterator(const Array* x, dim at) : of_(x), at_(at) {}
  double operator*() const {
    return visit_dtype(of_->dtype(), [&]<class T>() {
      return static_cast<double>(static_cast<const T*>(of_->data())[at_]);
    });
  }
  element_iterator& operator++() {
    ++at_;
    return *this;
  }
  element_iterator operator++(int) { return {of_, at_++}; }
  friend bool operator==(const element_iterator& a, const element_iterator& b) {
    return a.at_ == b.at_;
  }

 private:
  const Array* of_ = nullptr;
  dim at_ = 0;
};

/// Elements in row-major order whose dtype and shape are known at run time. Immutable, in a shared
/// buffer: copying is O(1). It converts to what is asked for, where that fits: to an array or
/// tensor of its dtype and rank, and without axes to a number. Operators and functions on it are
/// computed at once, with a dynamic array as the result. Functions of std take numbers, such as
/// static_cast<double>(x): std::sqrt(x) is ambiguous, sqrt(x) and calx::sqrt(x) are not. So does
/// printf: clang refuses the array itself, g++ warns of it.
///
///     calx::array<double, 1> g = calx::jit([&](auto x) { return x * scale; })(x);
template <class Unused>
class basic_dynamic_array : public reductions<basic_dynamic_array<Unused>>,
                            public extrema<basic_dynamic_array<Unused>> {
 public:
  /// Of shape (0,) and float64.
  basic_dynamic_array() = default;
  /// Uninitialised elements of that type, for functions that make arrays. Throws shape_error if an
  /// extent is negative.
  explicit basic_dynamic_array(const aval& type) : type_(type) {
    std::size_t n = detail::checked_size("dynamic_array", type.shape);
    if (n == 0) return;
    owner_ = buffer(n * size_of(type.type));
    data_ = owner_.data();
  }
  /// Elements that `owner` keeps alive; if it is null, the caller does.
  basic_dynamic_array(buffer owner, const void* elements, const aval& type)
      : type_(type), owner_(std::move(owner)), data_(elements) {
    detail::checked_size("dynamic_array", type.shape);
  }
  /// The elements of an array: shared if it has a buffer, else (a tensor, a view) copied; and
  /// copied if they are integers of another name than std::int64_t and its kin.
  template <class T, class X>
  basic_dynamic_array(const basic_array<T, X, host>& x)
      : basic_dynamic_array(
            detail::is_named<T> && x.owner()
                ? basic_dynamic_array(x.owner(), x.data(), of<T>(x.dimensions()))
                : copy(x.data(), of<T>(x.dimensions()))) {}
  /// A number, without axes: int becomes int64, as in NumPy.
  template <number N>
  explicit basic_dynamic_array(N v) : basic_dynamic_array(of<detail::element_for<N>>({})) {
    *static_cast<detail::element_for<N>*>(mutable_data()) = static_cast<detail::element_for<N>>(v);
  }
  basic_dynamic_array(const basic_dynamic_array&) = default;
  // What is moved from is empty, not a view of memory that it no longer owns.
  basic_dynamic_array(basic_dynamic_array&& other) noexcept { swap(other); }
  basic_dynamic_array& operator=(basic_dynamic_array other) & noexcept {
    swap(other);
    return *this;
  }
  template <class V>
  auto operator=(const V&) && { return detail::refuse_assignment<V>(); }
  template <std::same_as<tracer> V>
  auto operator=(const V&) & { return detail::refuse_traced<V>(); }
  ~basic_dynamic_array() = default;

  calx::dtype dtype() const { return type_.type; }
  int rank() const { return type_.shape.rank; }
  const dims& dimensions() const { return type_.shape; }
  /// The extent of an axis, which may count from the end; index_error outside.
  dim shape(dim axis) const { return detail::axis_extent(type_.shape, axis); }
  std::size_t size() const { return static_cast<std::size_t>(type_.shape.size()); }
  /// The first element; the others follow in row-major order.
  const void* data() const { return data_; }
  /// The same as elements of type T; dtype_error if they are not.
  template <element T>
  const T* elements() const {
    static_assert(detail::is_named<T>,
                  "calx: the elements of a dynamic_array are std::int64_t and its kin, which have "
                  "other names in C++, too: name those");
    if (type_.type != dtype_of<T>())
      detail::refuse(error_kind::dtype, type_,
                     text() << "has no elements of " << dtype_of<T>()
                            << "; use astype to convert them");
    return static_cast<const T*>(data_);
  }
  /// For makers of arrays, before anybody else has seen the array.
  void* mutable_data() { return const_cast<void*>(data_); }
  /// What keeps the elements alive.
  const buffer& owner() const { return owner_; }

  /// One element, by an integer per axis, which may count from the end; exact. dtype_error if T is
  /// not the type of the elements, index_error outside or if there is not an integer per axis.
  template <element T, std::integral... I>
  T item(I... i) const {
    const dim index[] = {static_cast<dim>(i)..., 0};
    using named = element_t<dtype_of<T>()>;
    return static_cast<T>(elements<named>()[position(index, static_cast<int>(sizeof...(I)))]);
  }
  /// One element as a double, whatever the dtype: integers beyond 2^53 are rounded. See `item`.
  template <std::integral... I>
  double operator()(I... i) const {
    const dim index[] = {static_cast<dim>(i)..., 0};
    dim at = position(index, static_cast<int>(sizeof...(I)));
    return visit_dtype(type_.type, [&]<class T>() {
      return static_cast<double>(static_cast<const T*>(data_)[at]);
    });
  }
  /// All elements in row-major order, as doubles.
  auto begin() const { return element_iterator<basic_dynamic_array>(this, 0); }
  auto end() const {
    return element_iterator<basic_dynamic_array>(this, type_.shape.size());
  }
  /// A part, by integers, `slice`, `newaxis`, `ellipsis` as in Python, at least one of which is not
  /// an integer; shares memory where the elements are contiguous. index_error outside.
  template <class... E>
    requires((std::constructible_from<index_entry, E> && ...) && !(std::integral<E> && ...))
  basic_dynamic_array operator()(E... e) const {
    const index_entry entries[] = {index_entry(e)...};
    return part(entries, static_cast<int>(sizeof...(E)));
  }
  /// The part at i along axis 0, which without axes is a number.
  basic_dynamic_array operator[](std::integral auto i) const {
    const index_entry entry(i);
    return part(&entry, 1);
  }

  /// The axes in reverse order.
  basic_dynamic_array T() const { return box(detail::reversed(detail::whole(type_.shape))); }
  /// Other extents, one of which may be -1; shares memory. Throws shape_error if the sizes differ.
  template <detail::extent_like... N>
  basic_dynamic_array reshape(N... n) const {
    static_assert(sizeof...(N) <= max_rank, "calx: arrays have at most 8 axes");
    return {owner_, data_,
            {type_.type, detail::reshape_now(type_.shape, {static_cast<dim>(n)...})}};
  }
  /// The elements converted as C++ casts do; shares memory if they are of dtype `to` already.
  basic_dynamic_array astype(calx::dtype to) const {
    if (to == type_.type) return *this;
    basic_dynamic_array out(aval{to, type_.shape});
    detail::conversion(type_.type, to)(type_.shape.size(), &data_, out.mutable_data());
    return out;
  }

  /// Itself, as `eval` of an expression.
  const basic_dynamic_array& eval() const { return *this; }

  /// An array or tensor of the same dtype and rank; an array shares the elements. Throws
  /// dtype_error or shape_error if they are not what the type says.
  template <class T, class X>
  operator basic_array<T, X, host>() const {
    if (type_.type != dtype_of<T>())
      detail::refuse(error_kind::dtype, type_,
                     text() << "does not become an array of " << dtype_of<T>()
                            << "; use astype to convert the elements");
    if (!fits(X::known))
      detail::refuse(error_kind::shape, type_,
                     text() << "does not become an array with extents " << X::known
                            << ", where -1 is any; use reshape");
    const auto* from = static_cast<const element_t<dtype_of<T>()>*>(data_);
    if constexpr (X::is_static || !detail::is_named<T>) {
      basic_array<T, X, host> out(type_.shape);
      for (std::size_t i = 0; i < out.size(); ++i)
        out.mutable_data()[i] = static_cast<T>(from[i]);
      return out;
    } else {
      return basic_array<T, X, host>(owner_, from, type_.shape);
    }
  }
  /// A container that owns its elements, as arrays become: std::vector, std::array, Eigen.
  template <class M>
    requires(detail::made_container<M>)
  operator M() const {
    return detail::container_from<M>(*this);
  }
  /// The number that an array without axes is; else shape_error. Throws dtype_error if N does not
  /// hold it: a fraction is no integer, a number is no bool.
  template <number N>
  operator N() const {
    if (rank() != 0)
      detail::refuse(error_kind::shape, type_,
                     text("is not a number; index or reduce it, or keep it as an array"));
    return visit_dtype(type_.type, [&]<class T>() { return as_number<N>(item<T>()); });
  }

  /// Prints as an array does, see there.
  template <std::same_as<basic_dynamic_array> A>
  friend std::ostream& operator<<(std::ostream& out, const A& x) {
    return out << detail::format_array(x.type_, x.data_);
  }
  /// The array as a constant of a program that is traced at run time.
  friend tracer lift(graph& g, const basic_dynamic_array& x) {
    return {&g, literal_t::emit(g, x.type_, literal(x.data_, x.owner_))};
  }

 private:
  template <class T>
  static aval of(const dims& shape) {
    return {dtype_of<T>(), shape};
  }
  static basic_dynamic_array copy(const void* from, const aval& type) {
    basic_dynamic_array out(type);
    if (out.size() > 0) std::memcpy(out.mutable_data(), from, out.size() * size_of(type.type));
    return out;
  }
  void swap(basic_dynamic_array& other) noexcept {
    std::swap(type_, other.type_);
    std::swap(owner_, other.owner_);
    std::swap(data_, other.data_);
  }
  bool fits(const dims& known) const {
    bool same = known.rank == rank();
    for (int i = 0; same && i < known.rank; ++i)
      same = known[i] == dynamic_extent || known[i] == type_.shape[i];
    return same;
  }
  dim position(const dim* index, int count) const {
    if (count != rank())
      raise(error_kind::index, text() << "index: " << count << " integers for shape "
                                      << type_.shape << "; a number takes one per axis, a part "
                                      << "ellipsis behind them");
    dim at = 0;
    for (int i = 0; i < count; ++i)
      at = at * type_.shape[i] + detail::checked_index(index[i], type_.shape, i);
    return at;
  }
  basic_dynamic_array part(const index_entry* entries, int count) const {
    selection chosen = detail::resolve_entries(type_.shape, entries, count);
    basic_dynamic_array out = box(detail::part(chosen, type_.shape));
    out.type_.shape = chosen.result;
    return out;
  }
  /// The elements of box s, in the shape of the box; shared where they are in order.
  basic_dynamic_array box(const detail::strided& s) const {
    aval type{type_.type, s.extent};
    std::size_t size = size_of(type_.type);
    if (s.extent.size() > 0 && detail::is_contiguous(s))
      return {owner_, static_cast<const std::byte*>(data_) + s.offset * static_cast<dim>(size),
              type};
    basic_dynamic_array out(type);
    detail::gather_bytes(size, data_, s, out.mutable_data());
    return out;
  }
  template <class N, class T>
  N as_number(T v) const {
    if constexpr (std::is_floating_point_v<N>) {
      return static_cast<N>(v);
    } else if constexpr (std::is_integral_v<T> &&
                         (!std::is_same_v<N, bool> || std::is_same_v<T, bool>)) {
      N n = static_cast<N>(v);
      if (std::cmp_equal(+n, +v)) return n;
    }
    detail::refuse(error_kind::dtype, type_,
                   text("does not fit the integer or bool asked for; take a double or use astype"));
  }

  aval type_{calx::dtype::f64, {0}};
  buffer owner_;
  const void* data_ = nullptr;
};

template <std::same_as<dynamic_array> A, class V>
A method_like(const A& x, const V& v) {
  if constexpr (number<V>) {
    A out(aval{x.dtype(), x.dimensions()});
    visit_dtype(x.dtype(), [&]<class T>() {
      T* to = static_cast<T*>(out.mutable_data());
      for (std::size_t i = 0; i < out.size(); ++i) to[i] = detail::convert<T>(v);
    });
    return out;
  } else if constexpr (detail::is_expr<V>) {
    return x.like(v.eval());
  } else {
    const A from(v);
    A out(aval{x.dtype(), from.dimensions()});
    const void* elements = from.data();
    detail::conversion(from.dtype(), x.dtype())(static_cast<dim>(out.size()), &elements,
                                                out.mutable_data());
    return out;
  }
}

}  // namespace value

namespace detail {
/// An operand as a value of program g: numbers are weak.
template <class A>
tracer operand_in(graph& g, const A& a) {
  if constexpr (number<A>) return tracer(a);
  else if constexpr (is_expr<A>) return lift(g, dynamic_array(a.eval()));
  else return lift(g, a);
}
/// The value of x, a node of g: in run/run_time.hpp.
template <class = void>
auto value_of(graph& g, const tracer& x);
}  // namespace detail

// Operators and elementwise functions on dynamic arrays are computed at once, by the rules that
// hold in a trace; arrays, expressions and weak numbers may stand beside them.
template <class Op, class... A>
  requires(detail::dynamic_operands<A...>)
struct op_result<Op, A...> {
  using type = dynamic_array;
};
template <class Op, class... A>
  requires(detail::dynamic_operands<A...>)
dynamic_array apply_op(const Op&, const A&... a) {
  graph g;
  return detail::value_of(g, detail::trace_op<Op>(detail::operand_in(g, a)...));
}
/// Read in place; its type is what `aval_of(x)` says.
template <>
struct leaf_traits<dynamic_array> {
  static constexpr bool dynamic = true;
  static calx::dtype type_of(const dynamic_array& x) { return x.dtype(); }
  static const dims& shape(const dynamic_array& x) { return x.dimensions(); }
  static const void* data(const dynamic_array& x) { return x.data(); }
  static void* data(dynamic_array& x) { return x.mutable_data(); }
};

}  // namespace calx::inline CALX_ABI
