// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops and branches over the kernels of bodies, in the virtual machine.
#pragma once

#include <cstring>

#include <calx/codegen/steps.hpp>
#include <calx/codegen/vm/operations.hpp>

namespace calx::inline CALX_ABI::vm {

/// Runs the bodies of one control statement on a machine.
template <class Machine>
class control_machine {
 public:
  control_machine(Machine& machine, const plan::statement& control, const plan::control_record& r)
      : m(machine), p(machine.c.plan), s(control), c(r) {}

  void run() {
    if (s.kind == plan::statement::choose) choose();
    else codegen::run_steps(*this, s, c.backward, s.extent);
  }

  // What run_steps asks for.
  void begin() const {
    for_each_carry([&](const plan::port& x) { buffer(x.inside) = source(x, 0); });
  }
  void enter(dim step, dim position, bool last) const {
    for (int i = c.first_port; i < c.last_port; ++i) enter(p.ports[at(i)], step, position, last);
  }
  void body(int b) const { m.run_kernels(c.body[b], c.body[b + 1]); }
  void leave() const {
    for_each_carry([&](const plan::port& x) { buffer(x.inside) = buffer(x.next); });
  }
  bool holds() const {
    bool goes_on = false;
    std::memcpy(&goes_on, buffer(c.decides), sizeof goes_on);
    return goes_on;
  }
  void deliver() const {
    for_each_carry([&](const plan::port& x) {
      std::memcpy(buffer(x.to), buffer(x.inside), static_cast<std::size_t>(x.size * bytes(x.to)));
    });
  }

 private:
  Machine& m;
  const plan::program& p;
  const plan::statement& s;
  const plan::control_record& c;

  template <class Use>
  void for_each_carry(const Use& use) const {
    for (int i = c.first_port; i < c.last_port; ++i)
      if (const plan::port& x = p.ports[at(i)]; x.kind == plan::port::carry) use(x);
  }
  std::byte*& buffer(int b) const { return m.buffers_[at(b)]; }
  dim bytes(int b) const { return static_cast<dim>(size_of(p.buffer_type(b))); }
  /// Element `position` of what comes in through a port.
  std::byte* source(const plan::port& x, dim position) const {
    return buffer(x.from) + (x.offset + position * x.size) * bytes(x.from);
  }
  void enter(const plan::port& x, dim step, dim position, bool last) const {
    if (x.kind == plan::port::carry)
      buffer(x.next) = last ? buffer(x.to) : buffer(x.spare[step % 2]);
    else if (x.kind == plan::port::element) buffer(x.inside) = source(x, position);
    else if (x.kind == plan::port::stack)
      buffer(x.next) = buffer(x.to) + position * x.size * bytes(x.to);
  }
  void choose() const {
    std::int64_t number = 0;
    std::memcpy(&number, buffer(c.decides) + c.decides_offset * bytes(c.decides), sizeof number);
    if (number >= 0 && number < c.bodies) body(static_cast<int>(number));
  }
};

}  // namespace calx::inline CALX_ABI::vm
