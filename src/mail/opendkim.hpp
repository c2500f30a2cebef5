#pragma once

// libopendkim as this room uses it. Private to it.

#define _Bool bool  // NOLINT(bugprone-reserved-identifier): its header is C99's and knows C++ by `extern "C"` only
#include <opendkim/dkim.h>
#undef _Bool

#include <memory>

namespace inkan::mail {

/// CloseDkim lets go of the library or of one signature under way.
struct CloseDkim {
  void operator()(DKIM_LIB* library) const { dkim_close(library); }
  void operator()(DKIM* signing) const { dkim_free(signing); }
};

using DkimLibrary = std::unique_ptr<DKIM_LIB, CloseDkim>;
using DkimSigning = std::unique_ptr<DKIM, CloseDkim>;

}  // namespace inkan::mail
