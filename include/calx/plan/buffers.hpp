// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Places for temporaries in one arena: those that are not alive together share a slot.
#pragma once

#include <calx/plan/plan.hpp>

namespace calx::inline CALX_ABI::plan {

/// The first and last kernel that uses each temporary; first > last where none does.
struct lifetime {
  int first = 1 << 30, last = -1;
};
template <class = void>
constexpr vec<lifetime> lifetimes(const program& p) {
  vec<lifetime> life(p.temporaries.size());
  int external = static_cast<int>(p.inputs.size() + p.outputs.size());
  for (std::size_t s = 0; s < p.kernels.size(); ++s)
    for (int a = p.kernels[s].first_access; a < p.kernels[s].last_access; ++a) {
      int t = p.accesses[at(a)].buffer - external;
      if (t < 0 || p.temporaries[at(t)].is_given()) continue;
      lifetime& l = life[at(t)];
      l.first = static_cast<int>(s) < l.first ? static_cast<int>(s) : l.first;
      l.last = static_cast<int>(s);
    }
  // What bodies use lives as long as the loop over them.
  for (std::size_t s = 0; s < p.kernels.size(); ++s) {
    const statement& x = p.statements[at(p.kernels[s].first)];
    if (!x.is_control()) continue;
    const control_record& c = p.controls[at(x.first)];
    auto use = [&](int buffer) {
      const int t = buffer - external;
      if (t < 0 || p.temporaries[at(t)].is_given()) return;
      lifetime& l = life[at(t)];
      const int last = c.body[c.bodies] - 1;
      l.first = static_cast<int>(s) < l.first ? static_cast<int>(s) : l.first;
      l.last = last > l.last ? last : l.last;
    };
    use(c.decides);
    for (int i = c.first_port; i < c.last_port; ++i)
      for (int b : {p.ports[at(i)].from, p.ports[at(i)].to, p.ports[at(i)].spare[0],
                    p.ports[at(i)].spare[1]})
        use(b);
  }
  return life;
}

/// Gives every temporary a slot. A slot is used again for a temporary of the same size in bytes
/// once its last reader has run.
template <class = void>
constexpr void assign_slots(program& p) {
  auto life = lifetimes(p);
  vec<int> free_after;  // by slot: the last kernel that uses it
  for (int s = 0; s < static_cast<int>(p.kernels.size()); ++s)
    for (std::size_t t = 0; t < p.temporaries.size(); ++t) {
      if (life[t].first != s) continue;
      temporary& x = p.temporaries[t];
      dim bytes = p.symbols.mul(x.size, static_cast<dim>(size_of(x.type)));
      for (std::size_t k = 0; k < p.slots.size() && x.slot < 0; ++k)
        if (free_after[k] < s && p.slots[k] == bytes) x.slot = static_cast<int>(k);
      if (x.slot < 0) {
        x.slot = static_cast<int>(p.slots.size());
        p.slots.push_back(bytes);
        free_after.push_back(0);
      }
      free_after[at(x.slot)] = life[t].last;
    }
}

}  // namespace calx::inline CALX_ABI::plan
