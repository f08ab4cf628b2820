// The last one to let go.
#include "host/core/shared_text.h"

namespace tidegate {

void SharedText::Release(Shared* shared) {
  if (shared->users.fetch_sub(1, std::memory_order_acq_rel) == 1) delete shared;
}

}  // namespace tidegate
