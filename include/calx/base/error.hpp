// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The exceptions of calx, and the one place that raises them.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

#include <calx/base/text.hpp>

namespace calx::inline CALX_ABI {

/// Base of everything that calx throws; `what()` says what was got, what was wanted, what to do.
class error : public std::exception {
 public:
  explicit error(std::string_view message) : message_(message) {}
  const char* what() const noexcept override { return message_.data; }

 private:
  text message_;
};
/// Shapes that do not fit together.
class shape_error : public error {
  using error::error;
};
/// An element type that the operation does not take.
class dtype_error : public error {
  using error::error;
};
/// An index or axis outside its range.
class index_error : public error {
  using error::error;
};

/// Which exception a recorded error becomes.
enum class error_kind : unsigned char { none, generic, shape, dtype, index };

#if defined(CALX_NO_EXCEPTIONS)
/// Called instead of throwing when exceptions are off, if the program defines it, in one of its
/// source files; else the sentence is printed to stderr and the program aborts. It must not return.
///
///     void calx::error_handler(calx::error_kind, std::string_view s) { log(s); std::exit(1); }
[[noreturn, gnu::weak]] void error_handler(error_kind kind, std::string_view message);
#endif

/// Throws the exception of `kind`. Where exceptions are off it calls `error_handler`, if there is
/// one, or prints the sentence and aborts.
[[noreturn]] inline void raise(error_kind kind, std::string_view message) {
#if defined(CALX_NO_EXCEPTIONS)
  if (&error_handler != nullptr) error_handler(kind, message);
  std::fputs("calx: ", stderr);
  std::fwrite(message.data(), 1, message.size(), stderr);
  std::fputc('\n', stderr);
  std::abort();
#else
  switch (kind) {
    case error_kind::shape: throw shape_error(message);
    case error_kind::dtype: throw dtype_error(message);
    case error_kind::index: throw index_error(message);
    default: throw error(message);
  }
#endif
}
[[noreturn]] inline void raise(error_kind kind, const text& message) {
  raise(kind, message.view());
}

}  // namespace calx::inline CALX_ABI
