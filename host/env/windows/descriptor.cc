// Descriptors from SDDL.
#include "host/env/windows/descriptor.h"

// Needs windows.h before it.
#include <sddl.h>

namespace tidegate {

Descriptor::Descriptor(const wchar_t* sddl) {
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl, SDDL_REVISION_1, &descriptor_,
                                                            nullptr)) {
    descriptor_ = nullptr;
  }
  attributes_ = {sizeof attributes_, descriptor_, FALSE};
}

}  // namespace tidegate
