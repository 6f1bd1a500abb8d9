// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lines of transforms.jsonl that are no family: argument numbers, axes, models, nested variables.
#pragma once

#include "golden_transforms.hpp"

namespace transform_lines {

inline tracer mixed_sum(const tracer& x, const tracer& y, const tracer& z) {
  return calx::sum(x * calx::sin(y)) + z * calx::sum(x * x);
}
inline tracer mixed(const tracer& x, const tracer& y, const tracer& z) {
  return x * calx::sin(y) * z;
}
template <int... I>
action value_and_grad_by() {
  return [](const tracers& x) {
    return leaves_of(calx::value_and_grad<I...>(mixed_sum)(x[0], x[1], x[2]));
  };
}
template <int... I>
action jacobians_by() {
  return [](const tracers& x) {
    return leaves_of_all(calx::jacfwd<I...>(mixed)(x[0], x[1], x[2]),
                         calx::jacrev<I...>(mixed)(x[0], x[1], x[2]));
  };
}
template <int... I>
action hessian_by() {
  return [](const tracers& x) {
    return leaves_of(calx::hessian<I...>(mixed_sum)(x[0], x[1], x[2]));
  };
}
inline const std::map<std::string, action> argument_lines = {
    {"argnums/(-1,0)", value_and_grad_by<-1, 0>()},
    {"argnums/(0,1)", value_and_grad_by<0, 1>()},
    {"argnums/(0,1,2)", value_and_grad_by<0, 1, 2>()},
    {"argnums/(0,2)", value_and_grad_by<0, 2>()},
    {"argnums/(2,0)", value_and_grad_by<2, 0>()},
    {"argnums/-1", value_and_grad_by<-1>()},
    {"argnums/0", value_and_grad_by<0>()},
    {"argnums/1", value_and_grad_by<1>()},
    {"argnums/2", value_and_grad_by<2>()},
    {"jacfwd argnums/(0,1)", jacobians_by<0, 1>()},
    {"jacfwd argnums/(0,1,2)", jacobians_by<0, 1, 2>()},
    {"jacfwd argnums/(0,2)", jacobians_by<0, 2>()},
    {"jacfwd argnums/0", jacobians_by<0>()},
    {"hessian argnums/(0,1)", hessian_by<0, 1>()},
    {"hessian argnums/(0,1,2)", hessian_by<0, 1, 2>()},
    {"hessian argnums/(0,2)", hessian_by<0, 2>()},
    {"hessian argnums/0", hessian_by<0>()},
};

template <auto In, auto Out, class F>
action mapped(F f) {
  return [=](const tracers& x) {
    return leaves_of(calx::vmap(f, in_axes<In>, out_axes<Out>)(x[0]));
  };
}
template <auto A, auto B, auto Out = 0, class F>
action mapped2(F f) {
  return [=](const tracers& x) {
    return leaves_of(calx::vmap(f, in_axes<A, B>, out_axes<Out>)(x[0], x[1]));
  };
}
inline tracer times_sum(const tracer& x) { return x * calx::sum(x); }
inline tracer turned(const tracer& x) { return calx::transpose(x) * 2.0 + x(0, 0); }
inline tracer dot_of(const tracer& x, const tracer& y) { return calx::dot(x, y); }
inline tracer sum_times_sin(const tracer& x, const tracer& y) {
  return calx::sum(x) * calx::sin(y);
}
inline tracer product(const tracer& a, const tracer& b) { return calx::matmul(a, b); }

inline const std::map<std::string, action> axis_lines = {
    {"vmap/in-1/out-1", mapped<-1, -1>(times_sum)},
    {"vmap/in-1/out0", mapped<-1, 0>(times_sum)},
    {"vmap/in-1/out1", mapped<-1, 1>(times_sum)},
    {"vmap/in-2/out-1", mapped<-2, -1>(times_sum)},
    {"vmap/in-2/out0", mapped<-2, 0>(times_sum)},
    {"vmap/in-2/out1", mapped<-2, 1>(times_sum)},
    {"vmap/in0/out-1", mapped<0, -1>(times_sum)},
    {"vmap/in0/out0", mapped<0, 0>(times_sum)},
    {"vmap/in0/out1", mapped<0, 1>(times_sum)},
    {"vmap/in1/out-1", mapped<1, -1>(times_sum)},
    {"vmap/in1/out0", mapped<1, 0>(times_sum)},
    {"vmap/in1/out1", mapped<1, 1>(times_sum)},
    {"vmap3/in-1/out0", mapped<-1, 0>(turned)},
    {"vmap3/in-3/out0", mapped<-3, 0>(turned)},
    {"vmap3/in0/out-1", mapped<0, -1>(turned)},
    {"vmap3/in0/out0", mapped<0, 0>(turned)},
    {"vmap3/in0/out1", mapped<0, 1>(turned)},
    {"vmap3/in0/out2", mapped<0, 2>(turned)},
    {"vmap3/in1/out0", mapped<1, 0>(turned)},
    {"vmap3/in2/out0", mapped<2, 0>(turned)},
    {"vmap2/in(-1,-1)", mapped2<-1, -1>(dot_of)},
    {"vmap2/in(0,0)", mapped2<0, 0>(dot_of)},
    {"vmap2/in(1,1)", mapped2<1, 1>(dot_of)},
    {"vmap2/in(0,none)", mapped2<0, none>(sum_times_sin)},
    {"vmap2/in(1,none)", mapped2<1, none>(sum_times_sin)},
    {"vmap2/in(none,0)", mapped2<none, 0>(sum_times_sin)},
    {"vmap2/in(none,1)", mapped2<none, 1>(sum_times_sin)},
    {"vmap/batched matmul", mapped2<0, 0>(product)},
    {"vmap/batched matmul axes", mapped2<2, 0, 1>(product)},
    {"vmap/concatenate",
     mapped2<0, none>([](auto x, auto y) { return calx::concatenate(axis<0>, x, y); })},
    {"vmap/where",
     mapped2<0, none>([](auto x, auto y) { return calx::where(x > y, x, y * 2.0); })},
    {"vmap/out none",
     [](const tracers& x) {
       auto f = [](auto e) { return std::tuple{e, e(0).like(3.0)}; };
       return leaves_of(calx::vmap(f, in_axes<0>, out_axes<0, none>)(x[0]));
     }},
    {"vmap/two outputs",
     [](const tracers& x) {
       auto f = [](auto e) { return std::tuple{calx::sum(e), e * 2.0}; };
       return leaves_of(calx::vmap(f, in_axes<1>, out_axes<0, 1>)(x[0]));
     }},
    {"vmap/matmul nested",
     [](const tracers& x) {
       auto columns = calx::vmap(dot_of, in_axes<none, 1>, out_axes<0>);
       return leaves_of(calx::vmap(columns, in_axes<0, none>, out_axes<0>)(x[0], x[1]));
     }},
    {"vmap/nested two",
     [](const tracers& x) {
       auto inner = calx::vmap([](auto a, auto b) { return a * b + a; }, in_axes<0, none>);
       return leaves_of(calx::vmap(inner, in_axes<none, 0>)(x[0], x[1]));
     }},
    {"vmap/nested three one array",
     [](const tracers& x) {
       auto twice = calx::vmap(calx::vmap(squared), in_axes<1>, out_axes<1>);
       return leaves_of(calx::vmap(twice, in_axes<2>, out_axes<0>)(x[0]));
     }},
    {"vmap/nested three",
     [](const tracers& x) {
       auto f = [](auto a, auto b, auto c) { return a * b + calx::sin(c); };
       auto first = calx::vmap(f, in_axes<0, none, none>);
       auto second = calx::vmap(first, in_axes<none, 0, none>);
       return leaves_of(calx::vmap(second, in_axes<none, none, 0>)(x[0], x[1], x[2]));
     }},
};

inline const std::map<std::string, action> variable_lines = {
    {"confusion/classic",
     [](const tracers& x) -> tracers {
       return {calx::grad([](const tracer& a) {
         return a * calx::grad([=](const tracer& b) { return a + b; })(a.like(1.0));
       })(x[0])};
     }},
    {"confusion/jvp",
     [](const tracers& x) {
       auto f = [](const tracer& a) {
         return a * along([=](const tracer& b) { return a * b; }, a.like(1.0))(a);
       };
       return leaves_of(calx::jvp(f, std::tuple{x[0]}, std::tuple{ones_like(x[0])}));
     }},
    {"confusion/shadow",
     [](const tracers& x) -> tracers {
       return {calx::grad([](const tracer& a) { return calx::grad(squared)(a) * a; })(x[0])};
     }},
    {"confusion/three",
     [](const tracers& v) -> tracers {
       return {calx::grad([](const tracer& x) {
         return x * calx::grad([=](const tracer& y) {
                  return y * calx::grad([=](const tracer& z) { return x * y * z * z; })(y);
                })(x);
       })(v[0])};
     }},
    {"confusion/vmap",
     [](const tracers& v) -> tracers {
       return {calx::grad([](const tracer& a) {
         auto inner = [=](const tracer& y) { return y * y * calx::sum(a); };
         return calx::sum(calx::vmap(calx::grad(inner))(a) * a);
       })(v[0])};
     }},
    {"confusion/mixed",
     [](const tracers& v) -> tracers {
       auto outer = [](const tracer& x) {
         return calx::grad([=](const tracer& y) {
           return along([=](const tracer& z) { return x * y * z * z; }, x)(y);
         })(x);
       };
       return {calx::grad(outer)(v[0])};
     }},
    {"has_aux",
     [](const tracers& x) {
       auto f = [](auto a, auto b) {
         return std::tuple{calx::sum(a * b), std::tuple{a + b, calx::sum(b)}};
       };
       return leaves_of(calx::value_and_grad(f, calx::has_aux)(x[0], x[1]));
     }},
    {"grad of vmap",
     [](const tracers& x) -> tracers {
       return {calx::grad([](const tracer& a) {
         return calx::sum(calx::vmap([](auto y) { return calx::sin(y) * y; })(a));
       })(x[0])};
     }},
    {"vmap of grad of vmap",
     [](const tracers& x) -> tracers {
       auto inner = [](const tracer& a) {
         return calx::sum(calx::vmap([](auto y) { return squared(calx::tanh(y)); })(a));
       };
       return {calx::vmap(calx::grad(inner), in_axes<1>, out_axes<1>)(x[0])};
     }},
    {"vmap of grad",
     [](const tracers& x) -> tracers {
       return {calx::vmap(calx::grad([](const tracer& a) { return calx::sum(cubed(a)); }))(x[0])};
     }},
    {"vmap of hessian",
     [](const tracers& x) -> tracers {
       auto f = [](const tracer& a) { return calx::prod(a) + calx::sum(squared(squared(a))); };
       return {calx::vmap(calx::hessian(f))(x[0])};
     }},
    {"vmap of jvp",
     [](const tracers& x) {
       auto f = [](const tracer& a) { return calx::sin(a) * calx::sum(a); };
       auto both = [=](const tracer& a, const tracer& v) {
         return calx::jvp(f, std::tuple{a}, std::tuple{v});
       };
       return leaves_of(calx::vmap(both)(x[0], x[1]));
     }},
    {"vmap of vjp",
     [](const tracers& x) {
       auto f = [](const tracer& a) { return calx::sin(a) * calx::sum(a); };
       auto back = [=](const tracer& a, const tracer& u) { return pulled(f, a, u); };
       return leaves_of(calx::vmap(back)(x[0], x[1]));
     }},
    {"jvp of vmap",
     [](const tracers& x) {
       auto f = calx::vmap([](const tracer& a) { return calx::sin(a) * calx::sum(a); });
       return leaves_of(calx::jvp(f, std::tuple{x[0]}, std::tuple{x[1]}));
     }},
    {"vjp of vmap",
     [](const tracers& x) -> tracers {
       auto f = calx::vmap([](const tracer& a) { return calx::sin(a) * calx::sum(a); });
       return {pulled(f, x[0], x[1])};
     }},
    {"stop_gradient/jvp",
     [](const tracers& x) {
       auto f = [](const tracer& a) { return calx::sin(calx::stop_gradient(a)) + a; };
       return leaves_of(calx::jvp(f, std::tuple{x[0]}, std::tuple{ones_like(x[0])}));
     }},
    {"stop_gradient/product",
     [](const tracers& x) {
       return repeated_grad([](const tracer& a) { return a * calx::stop_gradient(a); }, 2)(x);
     }},
    {"stop_gradient/vmap",
     [](const tracers& x) -> tracers {
       auto f = [](const tracer& a) { return calx::sum(a * calx::stop_gradient(a * a)); };
       return {calx::vmap(calx::grad(f))(x[0])};
     }},
    {"vmap pairwise distance",
     [](const tracers& x) -> tracers {
       auto far = [](const tracer& a, const tracer& b) {
         return calx::sqrt(calx::sum(squared(a - b)) + 0.5);
       };
       auto all = calx::vmap(calx::vmap(far, in_axes<none, 0>), in_axes<0, none>);
       auto total = [=](const tracer& a, const tracer& b) { return calx::sum(all(a, b)); };
       return {all(x[0], x[1]), calx::grad(total)(x[0], x[1])};
     }},
};
}  // namespace transform_lines
