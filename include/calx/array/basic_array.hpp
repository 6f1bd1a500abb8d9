// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The array type: elements with a shape, immutable, indexed as in Python.
#pragma once

#include <iterator>

#include <calx/array/expr.hpp>
#include <calx/array/methods.hpp>
#include <calx/array/nested.hpp>
#include <calx/array/update.hpp>
#include <calx/base/convert.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// A literal of program g. `owner` keeps its elements alive; if it is null, the caller does.
template <class = void>
tracer lift_elements(graph& g, const aval& type, const void* elements, buffer owner) {
  return {&g, literal_t::emit(g, type, literal(elements, std::move(owner)))};
}
/// The same of an array that the compiler knows.
template <class T>
constexpr tracer lift_known(graph& g, const aval& type, const T* elements) {
  const auto n = static_cast<std::size_t>(type.shape.size());
  vec<dim> bits;
  bits.reserve(n);
  for (std::size_t i = 0; i < n; ++i) bits.push_back(to_bits(elements[i]));
  return {&g, table_t::emit(g, type, bits)};
}
}  // namespace detail

namespace value {

/// Elements of type T in row-major order. With all extents known (`tensor`) they lie in the
/// object; else (`array`) in a shared buffer, so that copying is O(1), or in memory that the caller
/// owns (`calx::view`), which must outlive the array. Nothing changes an array but assignment.
template <class Element, class Extents>
class basic_array<Element, Extents, host>
    : public reductions<basic_array<Element, Extents, host>>,
      public to_containers<basic_array<Element, Extents, host>> {
  static_assert(element<Element>,
                "calx: elements are bool, float, double or integers of 32 or 64 bits");
  using storage = detail::array_storage<Element, Extents>;

 public:
  using value_type = Element;
  using extents_type = Extents;
  static constexpr bool is_static = Extents::is_static;

  /// Zeros if all extents are known; else empty.
  constexpr basic_array() = default;
  constexpr basic_array(const basic_array&) = default;
  constexpr basic_array(basic_array&&) = default;
  constexpr basic_array& operator=(const basic_array&) & = default;
  constexpr basic_array& operator=(basic_array&&) & = default;
  template <class V>
  constexpr auto operator=(const V&) && { return detail::refuse_assignment<V>(); }
  // Not deduced: g++ asks whether assignments copy bytes, where containers move their elements.
  template <std::same_as<basic_array> V>
  constexpr void operator=(const V&) && { detail::refuse_assignment<V>(); }
  template <std::same_as<tracer> V>
  constexpr auto operator=(const V&) & { return detail::refuse_traced<V>(); }
  template <std::same_as<tracer> V>
  constexpr basic_array(const V&, none_t = detail::refuse_traced<V>()) {}
  /// From nested braces. Throws shape_error if they are ragged or do not fit the extents.
  constexpr basic_array(detail::nested<Element, Extents::rank> list) : storage_(measured(list)) {
    Element* out = storage_.mutable_data();
    detail::unnest(list, dimensions(), 0, out);
  }
  /// Zeros, with an extent for each axis. Throws shape_error for a negative one.
  ///
  ///     calx::array<double, 2> x(3, 4);
  template <detail::extent_like... N>
    requires(!is_static && sizeof...(N) == std::size_t{Extents::rank})
  explicit constexpr basic_array(N... n) : storage_(dims{static_cast<dim>(n)...}) {
    for (std::size_t i = 0; i < size(); ++i) mutable_data()[i] = Element();
  }
  /// The elements of a container, copied: a std::vector, std::array, std::span, Eigen matrix of
  /// this rank. Throws shape_error where extents differ. `asarray` reads lvalues in place instead.
  template <class C>
    requires(is_container<C>)
  explicit(!detail::holds_dtype<C>(dtype_of<Element>())) constexpr basic_array(const C& x)
      : storage_(container_shape<C>(x)) {
    detail::copy_elements(x, mutable_data());
  }
  /// The elements of the range from `first` to `last`, along one axis; as in braces, fractions are
  /// no integers. Throws shape_error if their number is not that of a tensor.
  template <std::forward_iterator I>
    requires(Extents::rank == 1 &&
             std::constructible_from<detail::list_element<Element>, std::iter_value_t<I>>)
  constexpr basic_array(I first, I last)
      : storage_(dims{static_cast<dim>(std::ranges::distance(first, last))}) {
    Element* to = mutable_data();
    for (; first != last; ++first)
      *to++ = detail::list_element<Element>(static_cast<std::iter_value_t<I>>(*first)).value;
  }
  /// Uninitialised (a tensor: zeros), of the given shape; for functions that make arrays.
  template <std::same_as<dims> D>
  explicit constexpr basic_array(const D& shape) : storage_(shape) {}
  /// Elements that `owner` keeps alive; if it is null, the caller does (`calx::view`).
  constexpr basic_array(buffer owner, const Element* elements, const dims& shape)
    requires(!is_static)
      : storage_(std::move(owner), elements, shape) {}
  /// The same elements in another kind of array. Throws shape_error where extents differ.
  template <class U, class X>
    requires(X::rank == Extents::rank)
  explicit(!std::is_same_v<Element, U>) constexpr basic_array(const basic_array<U, X, host>& x)
      : storage_(adopted(x)) {
    if constexpr (!shares<U, X>)
      for (std::size_t i = 0; i < size(); ++i)
        mutable_data()[i] = detail::convert<Element>(x.data()[i]);
  }
  /// The values of an expression, in one loop. Throws shape_error before anything is written.
  template <class Op, class... A>
    requires(expr<Op, A...>::rank() == Extents::rank)
  explicit(!std::is_same_v<Element, typename expr<Op, A...>::value_type>) constexpr basic_array(
      const expr<Op, A...>& e)
      : basic_array(e.eval()) {}

  static constexpr int rank() { return Extents::rank; }
  static constexpr calx::dtype dtype() { return dtype_of<Element>(); }
  /// The extents that the type tells; `dynamic_extent` for the others.
  static constexpr dims known_extents() { return Extents::known; }
  constexpr dims dimensions() const { return storage_.dimensions(); }
  /// The extent of an axis, which may count from the end; index_error outside.
  constexpr dim shape(dim axis) const { return detail::axis_extent(dimensions(), axis); }
  constexpr std::size_t size() const { return storage_.size(); }
  /// The first element; the others follow in row-major order.
  constexpr const Element* data() const { return storage_.data(); }
  constexpr const Element* begin() const { return data(); }
  constexpr const Element* end() const { return data() + size(); }
  /// For makers of arrays, before anybody else has seen the array.
  constexpr Element* mutable_data() { return storage_.mutable_data(); }
  /// What keeps the elements alive; null for a tensor and for a view.
  constexpr decltype(auto) owner() const { return storage_.owner(); }

  /// One element, by an integer per axis; negatives count from the end. index_error outside.
  template <std::integral... I>
    requires(sizeof...(I) == std::size_t{Extents::rank})
  constexpr Element operator()(I... i) const {
    const dim index[] = {static_cast<dim>(i)..., 0};
    return data()[detail::offset_of(storage_, index, rank())];
  }
  /// Python's indexing with integers, `slice`, `newaxis`, `ellipsis`: a new array, which shares
  /// memory with this one where the elements are contiguous. index_error outside.
  template <detail::static_entry... E>
    requires(sizeof...(E) > 0 &&
             !((std::integral<E> && ...) && sizeof...(E) == std::size_t{Extents::rank}))
  constexpr auto operator()(E... e) const { return detail::part_of(*this, e...); }
  template <class... E>
    requires((detail::is_extent_number<E> || ...))
  constexpr auto operator()(const E&... e) const { return (*this)(detail::plain_entry(e)...); }
  /// The entries along axis 0 that an array of integers names, in its shape. index_error outside.
  template <std::integral I, class X>
    requires(!std::is_same_v<I, bool>)
  constexpr auto operator()(const basic_array<I, X, host>& indices) const {
    return detail::rows_of(*this, indices);
  }
  /// The element, or the part, at i along axis 0.
  constexpr auto operator[](std::integral auto i) const { return (*this)(i); }
  /// A part that `.set(v)`, `.add(v)`, `.mul(v)`, `.min(v)`, `.max(v)` replace in a new array.
  template <detail::static_entry... E>
  constexpr auto at(E... e) const { return update<basic_array, E...>(*this, e...); }

  /// The axes in reverse order.
  constexpr auto T() const { return detail::transposed(*this); }
  /// Other extents, one of which may be -1; shares memory. Throws shape_error if the sizes differ.
  template <detail::extent_like... N>
  constexpr auto reshape(N... n) const { return detail::reshape_array(*this, n...); }
  /// Itself, as `eval` of an expression.
  constexpr const basic_array& eval() const { return *this; }

  // Not templates, so that they win over std::max<T> and std::min<T> after `using std::max`.
  friend constexpr auto max(const basic_array& a, const basic_array& b) { return maximum(a, b); }
  friend constexpr auto min(const basic_array& a, const basic_array& b) { return minimum(a, b); }
  /// The array as a constant of a program: a table if the compiler traces or it is a small tensor,
  /// else a literal.
  friend constexpr tracer lift(graph& g, const basic_array& a) {
    constexpr bool is_few = is_static && basic_array().size() <= 64;
    if (is_few || std::is_constant_evaluated())
      return detail::lift_known(g, {dtype(), a.dimensions()}, a.data());
    return lift_now(g, a);
  }

 private:
  static tracer lift_now(graph& g, const basic_array& a) {
    aval type{dtype(), a.dimensions()};
    if constexpr (!detail::is_named<Element>)
      return lift(g, basic_array<element_t<dtype()>, Extents, host>(a));
    else if constexpr (!is_static) return detail::lift_elements(g, type, a.data(), a.owner());
    else {
      buffer kept(a.size() * sizeof(Element));
      auto* to = static_cast<Element*>(kept.data());
      for (const Element& x : a) *to++ = x;
      return detail::lift_elements(g, type, kept.data(), kept);
    }
  }
  template <class U, class X>
  static constexpr bool shares = std::is_same_v<Element, U> && !is_static && !X::is_static;

  template <class C>
  static constexpr dims container_shape(const C& x) {
    constexpr aval own{dtype_of<Element>(), Extents::known};
    constexpr aval from{own.type, detail::container_traits<C>::extents};
    static_assert(detail::no_error<detail::conversion_problem<from, own>>());
    return detail::container_traits<C>::shape(x);
  }
  static constexpr dims measured(const detail::nested<Element, Extents::rank>& list) {
    dims shape;
    detail::measure(list, shape, rank());
    return shape;
  }
  template <class U, class X>
  static constexpr storage adopted(const basic_array<U, X, host>& x) {
    if constexpr (shares<U, X>) return storage(x.owner(), x.data(), x.dimensions());
    else return storage(x.dimensions());
  }

  storage storage_;
};

}  // namespace value
}  // namespace calx::inline CALX_ABI
