// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The traced program: a hash-consed list of nodes in single assignment form.
#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <type_traits>

#include <calx/base/error.hpp>
#include <calx/graph/index_map.hpp>
#include <calx/graph/literal.hpp>
#include <calx/graph/symbols.hpp>

namespace calx::inline CALX_ABI {

// A template without need, as are other classes here: what is a template is compiled where it is
// used, and not where headers are read.
template <class = void>
struct basic_graph;
using graph = basic_graph<>;

/// How a node is computed, which decides how it is batched, fused and generated.
enum class op_kind : unsigned char {
  leaf, elementwise, structural, reduction, contraction, control
};

/// The loops of an op over blocks of elements: in codegen/vm.
struct block_loops;
/// What the parameters of an op are, which decides how they are copied and printed. Extents and
/// what is computed from them may be symbols; axes and other numbers are what they look like; bits
/// are those of an element, and mean nothing but that.
enum class param_kind : unsigned char { extents, axes, numbers, bits };

/// How zeros of structure come through an op (ops/zeros.hpp): they do not; they do if one operand
/// has some, or if all have; the op makes them; they are the zeros of a tangent that was given.
enum class zero_rule : unsigned char { none, any, all, own, given };

/// For an op with as many operands, or parameters, as one likes.
inline constexpr int any_number = -1;

/// What passes know of an op: its name and its rules, as pointers to constexpr functions. A rule
/// that is null does not exist (`jvp`: the derivative is zero; `transpose`: not linear).
struct op_info {
  std::string_view name;
  op_kind kind = op_kind::leaf;
  int key = 0;  // which op this is, see ops/identity.hpp
  int operand_count = any_number, param_count = any_number;
  param_kind parameters = param_kind::extents;
  bool pole = false;  // it or its derivative can be infinite for finite operands
  zero_rule zeros = zero_rule::none;
  bool row_major = false;  // the result is the operand's elements in row-major order
  bool is_renaming = false;  // its first operand, once no derivative is taken any more
  bool is_late = false;      // where a program is cut, what depends on it is computed late; in
                             // programs that are not cut any more it is its operand
  bool is_unique = false;    // itself even where it equals another node
  bool has_bodies = false;   // see ops/region.hpp
  bool is_result = false;    // of an op with bodies
  // Which rules there are. Kept apart, as a sanitizer's constant evaluator compares no addresses.
  bool has_simplify = false, has_jvp = false, has_transpose = false, has_combine = false;
  bool has_map = false, has_fault = false;
  /// For a reduction: the elementwise op that combines two of its values. A function, as the
  /// description of that op may be in the making, in which case nvcc lets nobody point to it.
  const op_info& (*combine)() = nullptr;
  /// Local algebra: the id of an equal, cheaper node, or -1.
  int (*simplify)(graph&, int aval, const int* args, const dim* ints) = nullptr;
  /// The tangent of node `n`, given tangents of its operands (-1: zero), or -1.
  int (*jvp)(graph&, int n, const int* tangents) = nullptr;
  /// Cotangents of the operands marked linear, from the cotangent of node `n`.
  void (*transpose)(graph&, int n, int cotangent, const bool* linear, int* out) = nullptr;
  /// Node `n` with batched operands (batch axis first) instead; at least one is.
  int (*batch)(graph&, int n, const int* args, const bool* batched, dim size) = nullptr;
  /// What runs the op in programs that run time traces; only ops that a file can emit are compiled.
  const block_loops& (*loops)() = nullptr;
  /// Where the elements of operand i of node n lie in its result.
  index_map (*map)(const graph&, symbol_table&, int n, int i) = nullptr;
  /// Where node n is not zero by structure, given the same of its operands: a node of bool, or -1
  /// for everywhere.
  int (*support)(graph&, int n, const int* supports) = nullptr;
  /// The type that follows from the operands and parameters of node n.
  aval (*type_of)(const graph&, int n) = nullptr;
  /// What is wrong with the operands and parameters of node n, as the end of a sentence, or null.
  const char* (*fault)(const graph&, int n) = nullptr;
};

namespace detail {
template <class Op>
constexpr op_info make_info();  // in ops/info.hpp
}
/// The one description of an op that graphs point to. Rules are templates over the tracer, which
/// a later layer defines: they are compiled when a program first uses the op. Therefore whatever
/// emits nodes is a template over the graph (`auto& g`).
template <class Op>
inline constexpr op_info info_of = detail::make_info<Op>();

/// One value of the program. Operands and parameters lie in the pools of the graph.
struct node {
  const op_info* op;
  int aval;
  int first_arg, arg_count;
  int first_int, int_count;
};

/// What is said when an assumption of the program turns out to be wrong.
struct assumption_message {
  error_kind kind;
  text message;
};

/// A program under construction, and the program when finished: `graph`.
template <class>
struct basic_graph {
  vec<node> nodes;
  vec<int> args;
  vec<dim> ints;
  vec<aval> avals;
  vec<int> inputs, outputs;
  vec<literal> literals;
  symbol_table symbols;
  vec<assumption_message> messages;
  vec<int> extended;  // in pairs: a control node, and one that computes the same and more
  bool values_only = false;  // no derivative will be taken any more: algebra may rely on that
  int rehearsal = 0;  // if not 0: only types matter, and of so many nodes; derivatives are zero
  // What ops/zeros.hpp knows of the first nodes: their own zeros, and those of given tangents too.
  vec<int> supports, given_supports;
  error_kind failed = error_kind::none;
  bool mixed = false;  // failed, as a value of another program was met
  text message;

  /// Records the first error; at run time it is raised at once.
  CALX_NOINLINE constexpr void fail(error_kind kind, const text& t) {
    if (!std::is_constant_evaluated()) raise(kind, t);
    if (failed == error_kind::none) failed = kind, message = t;
  }

  /// True if a == b holds or may be assumed; `say(text&)` writes what to say where it is not so.
  template <class Say>
  constexpr bool require_equal(dim a, dim b, error_kind kind, const Say& say) {
    a = symbols.canonical(a), b = symbols.canonical(b);
    if (a == b) return true;
    if (is_symbol(a) || is_symbol(b)) {
      int m = message_for(kind, say);
      symbols.assume_equal(a, b);
      symbols.assumptions.back().message = m;
      return true;
    }
    text t;
    say(t);
    fail(kind, t);
    return false;
  }
  /// True if d >= 0 holds or may be assumed.
  template <class Say>
  constexpr bool require_non_negative(dim d, error_kind kind, const Say& say) {
    return require(d, {assumption::positive, d, 0}, is_symbol(d) || d >= 0, kind, say);
  }
  /// True if a divides b, or may be assumed to.
  template <class Say>
  constexpr bool require_divides(dim a, dim b, error_kind kind, const Say& say) {
    bool fits = is_symbol(a) || is_symbol(b) || (a == 0 ? b == 0 : b % a == 0);
    return require(is_symbol(a) ? a : b, {assumption::divides, a, b}, fits, kind, say);
  }

  constexpr const aval& type(int n) const { return avals.items[nodes.items[n].aval]; }
  constexpr const dims& shape(int n) const {
    return avals.items[nodes.items[n].aval].shape;
  }
  constexpr dtype element(int n) const { return avals.items[nodes.items[n].aval].type; }
  constexpr const node& at(int n) const { return nodes.items[n]; }
  constexpr int arg(int n, int i) const { return args.items[nodes.items[n].first_arg + i]; }
  constexpr dim param(int n, int i) const { return ints.items[nodes.items[n].first_int + i]; }
  constexpr int size() const { return static_cast<int>(nodes.size()); }
  /// Room for so many nodes: at run time, growing lists cost more than filling them.
  constexpr void reserve(std::size_t n) {
    nodes.reserve(n), args.reserve(2 * n), ints.reserve(n), avals.reserve(8);
    links_.reserve(n + leaf_lists);
  }

  CALX_NOINLINE constexpr int intern(const aval& a) {
    for (std::size_t i = avals.size(); i-- > 0;)
      if (avals[i] == a) return static_cast<int>(i);
    avals.push_back(a);
    return static_cast<int>(avals.size()) - 1;
  }

  /// The node for op(args...; ints...) of type `type`: simplified, shared, or new.
  CALX_NOINLINE constexpr int add(const op_info& op, int type, const int* operands, int arg_count,
                    const dim* params, int int_count) {
    if (rehearsal != 0) {
      if (size() >= rehearsal) fail(error_kind::generic, text("rehearsal"));
      return append(op, type, operands, arg_count, params, int_count);
    }
    if (op.has_simplify)
      if (int same = op.simplify(*this, type, operands, params); same >= 0) return same;
    return share(op, type, operands, arg_count, params, int_count);
  }
  /// The node as it is asked for: an equal one that exists, or new.
  CALX_NOINLINE constexpr int share(const op_info& op, int type, const int* operands, int arg_count,
                      const dim* params, int int_count) {
    int newest = -1;
    for (int i = 0; i < arg_count; ++i) newest = operands[i] > newest ? operands[i] : newest;
    const int list = newest >= 0 ? newest + leaf_lists
                     : int_count > 0 ? static_cast<int>(leaf_hash(params[0])) : 0;
    for (int n = links_.items[list].first; n >= 0; n = links_.items[n + leaf_lists].next)
      if (nodes.items[n].op->key == op.key &&
          is_same(nodes.items[n], op, type, operands, arg_count, params, int_count))
        return n;
    const int n = append(op, type, operands, arg_count, params, int_count);
    links_.items[n + leaf_lists].next = links_.items[list].first;
    links_.items[list].first = n;
    return n;
  }
  constexpr int add(const op_info& op, const aval& type, std::initializer_list<int> operands,
                    std::initializer_list<dim> params = {}) {
    return add(op, intern(type), operands.begin(), static_cast<int>(operands.size()),
               params.begin(), static_cast<int>(params.size()));
  }
  template <class Op>
  constexpr int add(const aval& type, std::initializer_list<int> operands,
                    std::initializer_list<dim> params = {}) {
    return add(info_of<Op>, type, operands, params);
  }
  template <class Op>
  constexpr int add(int type, const int* operands, int arg_count, const dim* params,
                    int int_count) {
    return add(info_of<Op>, type, operands, arg_count, params, int_count);
  }
  /// The node for a copy of one: shared, unless that is itself whatever it equals.
  constexpr int add_again(const op_info& op, int type, const int* operands, int arg_count,
                          const dim* params, int int_count) {
    return op.is_unique ? append(op, type, operands, arg_count, params, int_count)
                        : add(op, type, operands, arg_count, params, int_count);
  }
  /// A node that is never shared: an input.
  CALX_NOINLINE constexpr int append(const op_info& op, int type, const int* operands,
                                     int arg_count, const dim* params, int int_count) {
    const int n = static_cast<int>(nodes.size());
    nodes.push_back({&op, type, static_cast<int>(args.size()), arg_count,
                     static_cast<int>(ints.size()), int_count});
    if (arg_count > 0) args.append(operands, static_cast<std::size_t>(arg_count));
    if (int_count > 0) ints.append(params, static_cast<std::size_t>(int_count));
    links_.push_back({-1, -1});
    return n;
  }

 private:
  template <class Say>
  constexpr int message_for(error_kind kind, const Say& say) {
    assumption_message p{kind, {}};
    p.message.marks = true;
    say(p.message);
    messages.push_back(p);
    return static_cast<int>(messages.size()) - 1;
  }
  template <class Say>
  constexpr bool require(dim unknown, assumption a, bool fits, error_kind kind, const Say& say) {
    if (fits && !is_symbol(unknown)) return true;
    if (fits) {
      a.message = message_for(kind, say);
      symbols.assumptions.push_back(a);
      return true;
    }
    text t;
    say(t);
    fail(kind, t);
    return false;
  }
  constexpr bool is_same(const node& n, const op_info& op, int type, const int* operands,
                         int arg_count, const dim* params, int int_count) const {
    if (n.aval != type || n.arg_count != arg_count || n.int_count != int_count) return false;
    for (int i = 0; i < arg_count; ++i)
      if (args.items[n.first_arg + i] != operands[i]) return false;
    for (int i = 0; i < int_count; ++i)
      if (ints.items[n.first_int + i] != params[i]) return false;
    // Ops of two source files can have one name; where addresses can be compared, they tell.
    return std::is_constant_evaluated() || n.op == &op;
  }

  /// How many lists the nodes without operands are spread over, by their first parameter.
  static constexpr int leaf_lists = 32;
  static constexpr std::uint64_t leaf_hash(dim parameter) {
    return static_cast<std::uint64_t>(parameter) * 0x9e3779b97f4a7c15u >> 59;
  }
  /// Nodes that were shared are in the list of their newest operand.
  struct link {
    int first;  // of the list, or -1
    int next;   // behind the node in its own list, or -1
  };
  // First those of the leaves' lists, then one for each node.
  vec<link> links_ = vec<link>(leaf_lists, link{-1, -1});
};

/// The value of a constant as it lies in a node: bits of a float, or the integer.
template <class T>
constexpr dim to_bits(T value) {
  if constexpr (std::is_same_v<T, double>) return std::bit_cast<dim>(value);
  else if constexpr (std::is_same_v<T, float>) return std::bit_cast<std::int32_t>(value);
  else return static_cast<dim>(value);
}
template <class T>
constexpr T from_bits(dim bits) {
  if constexpr (std::is_same_v<T, double>) return std::bit_cast<double>(bits);
  else if constexpr (std::is_same_v<T, float>)
    return std::bit_cast<float>(static_cast<std::int32_t>(bits));
  else return static_cast<T>(bits);
}

}  // namespace calx::inline CALX_ABI
