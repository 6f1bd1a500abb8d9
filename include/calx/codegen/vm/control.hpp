// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops and branches over the kernels of bodies, in the virtual machine.
#pragma once

#include <cstring>

#include <calx/codegen/vm/operations.hpp>

namespace calx::inline CALX_ABI::vm {

/// Runs the bodies of one control statement on a machine.
template <class Machine>
class control_machine {
 public:
  control_machine(Machine& machine, const plan::statement& control, const plan::control_record& r)
      : m(machine), p(machine.c.plan), s(control), c(r) {}

  void run() {
    if (s.kind == plan::statement::choose) return choose();
    for_each_port([&](const plan::port& x) {
      if (x.kind == plan::port::carry) buffer(x.inside) = source(x, 0);
    });
    const dim steps = s.extent;
    const bool counted = s.kind == plan::statement::repeat;
    for (dim step = 0; counted ? step < steps : goes_on(); ++step) {
      const dim position = c.backward ? steps - 1 - step : step;
      for_each_port([&](const plan::port& x) { enter(x, step, position, counted, steps); });
      const int body = counted ? 0 : 1;
      m.run_kernels(c.body[body], c.body[body + 1]);
      for_each_port([&](const plan::port& x) {
        if (x.kind == plan::port::carry) buffer(x.inside) = buffer(x.next);
      });
    }
    if (!counted || steps <= 0) deliver();
  }

 private:
  Machine& m;
  const plan::program& p;
  const plan::statement& s;
  const plan::control_record& c;

  template <class Use>
  void for_each_port(const Use& use) const {
    for (int i = c.first_port; i < c.last_port; ++i) use(p.ports[at(i)]);
  }
  std::byte*& buffer(int b) const { return m.buffers_[at(b)]; }
  dim bytes(int b) const { return static_cast<dim>(size_of(p.buffer_type(b))); }
  /// Element `position` of what comes in through a port.
  std::byte* source(const plan::port& x, dim position) const {
    return buffer(x.from) + (x.offset + position * x.size) * bytes(x.from);
  }
  bool goes_on() const {
    m.run_kernels(c.body[0], c.body[1]);
    bool holds = false;
    std::memcpy(&holds, buffer(c.decides), sizeof holds);
    return holds;
  }
  void enter(const plan::port& x, dim step, dim position, bool counted, dim steps) const {
    if (x.kind == plan::port::carry)
      buffer(x.next) = counted && step + 1 == steps ? buffer(x.to) : buffer(x.spare[step % 2]);
    else if (x.kind == plan::port::element) buffer(x.inside) = source(x, position);
    else if (x.kind == plan::port::stack)
      buffer(x.next) = buffer(x.to) + position * x.size * bytes(x.to);
  }
  /// Copies the carries from where they are to where they are wanted.
  void deliver() const {
    for_each_port([&](const plan::port& x) {
      if (x.kind == plan::port::carry)
        std::memcpy(buffer(x.to), buffer(x.inside), static_cast<std::size_t>(x.size * bytes(x.to)));
    });
  }
  void choose() const {
    std::int64_t number = 0;
    std::memcpy(&number, buffer(c.decides) + c.decides_offset * bytes(c.decides), sizeof number);
    if (number >= 0 && number < c.bodies)
      m.run_kernels(c.body[number], c.body[number + 1]);
  }
};

}  // namespace calx::inline CALX_ABI::vm
