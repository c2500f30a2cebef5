#include "lifecycle/notice.hpp"

namespace inkan::lifecycle {

std::string_view to_text(LetterState state) {
  switch (state) {
    case LetterState::waiting: return "waiting";
    case LetterState::accepted: return "accepted";
    case LetterState::dropped: return "dropped";
    case LetterState::refused: return "refused";
    case LetterState::sealed: return "sealed";
  }
  return "waiting";
}

}  // namespace inkan::lifecycle
